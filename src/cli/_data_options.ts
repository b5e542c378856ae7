import { choices } from "../base/choices.ts";
import { DATASET_NAMES as names } from "../datasets/names.ts";
import type { ModelCard } from "../models/card.ts";
import type { Option } from "./_command.ts";
import { wholeNumber } from "./_options.ts";

/**
 * The options of a data set.
 *
 * @param classes How `--help` names the default of `--classes`.
 */
export function dataOptions(
  classes = "those that have names, or 10",
): Option[] {
  return [
    {
      name: "data",
      value: "DIR",
      default: "data",
      help:
        "folder of a data set: IDX files, train.csv, mnist.npz, CIFAR-10's " +
        "binary files, a folder of pictures for each class, or torchvision's " +
        "folders; train and data fetch MNIST into the default folder",
    },
    {
      name: "dataset",
      value: "NAME",
      choices: names,
      help: `${
        choices(names)
      }, which train and data fetch into --data; or a folder`,
      shown: "what --data holds",
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
      help: "its least label",
      shown: "that of the data set or of the weights, or 0",
    },
    {
      name: "transpose",
      help: "exchange rows and columns; of EMNIST's files it is done anyway, " +
        "unless --transpose=false",
    },
  ];
}

/** The option of the least label, where the weights say it otherwise. */
export const firstLabelOption: Option = {
  name: "first-label",
  value: "N",
  help: "the least label of the classes",
  shown: "that of the weights, or 0",
};

/** `dataOptions` where the weights say how many classes there are. */
export const dataOfWeights: readonly Option[] = dataOptions(
  "those of the weights",
);

/** The least label that was given, or undefined. */
export function firstLabel(
  command: string,
  { "first-label": text }: Readonly<Record<string, string>>,
): number | undefined {
  return text === "" ? undefined : wholeNumber(command, "first-label", text, 0);
}

/** The number of classes that was given, or undefined. */
export function classCount(
  command: string,
  text: string,
): number | undefined {
  return text === "" ? undefined : wholeNumber(command, "classes", text, 1);
}

/**
 * What weights were trained with, where labels start with the number of
 * `--first-label`.
 */
export function cardWithLabels(
  command: string,
  values: Readonly<Record<string, string>>,
  card: ModelCard,
  classes: number,
): ModelCard {
  const first = firstLabel(command, values);
  if (first === undefined) return card;
  const classNames = Array.from(
    { length: classes },
    (_, index) => String(first + index),
  );
  return { ...card, classNames };
}
