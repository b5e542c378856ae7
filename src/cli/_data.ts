import { Mnist } from "../data/mnist.ts";
import { wholeNumber } from "./_options.ts";

/** The options of a data set; "" is not given. */
export const dataOptions = {
  data: "data",
  classes: "",
  "first-label": "0",
} as const satisfies Record<string, string>;

/** What `--help` says of them. */
export const dataHelp =
  `  --data DIR        folder of the four IDX files; fetched if not there (data)
  --classes N       classes of a data set of your own (10)
  --first-label N   its least label: 1 for EMNIST's letters (0)`;

/**
 * Opens a part of the data set that the options name.
 *
 * @param classes How many there are where `--classes` is not given.
 */
export async function openData(
  command: string,
  values: Readonly<Record<keyof typeof dataOptions, string>>,
  split: "train" | "test",
  classes = 10,
): Promise<Mnist> {
  return await Mnist.open(values.data, {
    split,
    classes: classCount(command, values.classes) ?? classes,
    firstLabel: wholeNumber(
      command,
      "first-label",
      values["first-label"],
      0,
    ),
  });
}

/** The number of classes that was given, or undefined. */
export function classCount(
  command: string,
  text: string,
): number | undefined {
  return text === "" ? undefined : wholeNumber(command, "classes", text, 1);
}
