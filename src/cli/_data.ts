import { Mnist } from "../data/mnist.ts";
import type { Option } from "./_command.ts";
import { wholeNumber } from "./_options.ts";

/**
 * The options of a data set.
 *
 * @param classes How `--help` names the default of `--classes`.
 */
export function dataOptions(classes = "10"): Option[] {
  return [
    {
      name: "data",
      value: "DIR",
      default: "data",
      help: "folder of the four IDX files; fetched if not there",
    },
    {
      name: "classes",
      value: "N",
      help: "classes of a data set of your own",
      shown: classes,
    },
    {
      name: "first-label",
      value: "N",
      default: "0",
      help: "its least label: 1 for EMNIST's letters",
    },
  ];
}

/** `dataOptions` where the weights say how many classes there are. */
export const dataOfWeights: readonly Option[] = dataOptions(
  "those of the weights",
);

/**
 * Opens a part of the data set that the options name.
 *
 * @param classes How many there are where `--classes` is not given.
 */
export async function openData(
  command: string,
  values: Readonly<Record<string, string>>,
  split: "train" | "test",
  classes = 10,
): Promise<Mnist> {
  const first = values["first-label"];
  return await Mnist.open(values.data, {
    split,
    classes: classCount(command, values.classes) ?? classes,
    firstLabel: wholeNumber(command, "first-label", first, 0),
  });
}

/** The number of classes that was given, or undefined. */
export function classCount(
  command: string,
  text: string,
): number | undefined {
  return text === "" ? undefined : wholeNumber(command, "classes", text, 1);
}
