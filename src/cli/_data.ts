import { DataError, describe } from "../base/errors.ts";
import { choices } from "../base/choices.ts";
import type { ImageDataset } from "../data/image_dataset.ts";
import { type DatasetName, DATASETS, openDataset } from "../datasets/mod.ts";
import type { ModelCard } from "../models/mod.ts";
import type { Given, Option } from "./_command.ts";
import { usage, wholeNumber } from "./_options.ts";

/** The names of the data sets that can be fetched. */
const names = Object.keys(DATASETS) as DatasetName[];

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

/** What is known where options are not given. */
interface DataDefaults {
  /** How many classes there are. */
  readonly classes?: number;
  /** What weights were trained with. */
  readonly card?: ModelCard;
  /** Whether images without labels will do. */
  readonly unlabelled?: boolean;
}

/** Opens a part of the data set that the options name. */
export async function openData(
  command: string,
  { explicit, flags, values }: Given,
  split: "train" | "test",
  { card, classes, unlabelled }: DataDefaults = {},
): Promise<ImageDataset> {
  const { data, dataset } = values;
  const isName = names.some((name) => name === dataset);
  if (dataset !== "" && !isName && explicit.has("data")) {
    throw usage(
      command,
      `--data goes with the name of a data set, ${choices(names)}; ` +
        `--dataset ${dataset} is a folder itself`,
    );
  }
  const first = firstLabel(command, values);
  return await openDataset(dataset === "" ? data : dataset, {
    split,
    directory: data,
    download: mayFetch(command) && !flags.has("offline") ? undefined : false,
    classes: classCount(command, values.classes) ?? classes,
    classNames: card?.classNames,
    firstLabel: first ?? (isName ? undefined : firstLabelOf(card)),
    transpose: explicit.has("transpose") ? flags.has("transpose") : undefined,
    unlabelled,
  });
}

/** Whether a command fetches data: the others have no use for the network. */
function mayFetch(command: string): boolean {
  return ["data", "sweep", "train"].includes(command);
}

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
 * Refuses images of another size than the network is for.
 *
 * @throws {DataError} If they do not fit.
 */
export function checkFits(
  { inputShape }: ModelCard,
  { imageShape, source }: ImageDataset,
): void {
  // One number is that of all inputs of a network without convolutions.
  const isImage = inputShape?.length === 3;
  if (!isImage || inputShape.join() === imageShape.join()) return;
  throw new DataError(describe({
    what: `${source}: images do not fit the weights`,
    expected: sizeOf(inputShape),
    got: sizeOf(imageShape),
    help: "Give weights that were trained with such images, or images of the " +
      "size of the weights.",
  }));
}

function sizeOf([channels, height, width]: readonly number[]): string {
  const colours = channels === 1 ? "" : ` of ${channels} channels`;
  return `${height} × ${width} pixels${colours}`;
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

/** The number that the names of classes start with, where they are numbers. */
function firstLabelOf(card: ModelCard | undefined): number | undefined {
  const names = card?.classNames ?? [];
  const first = Number(names[0]);
  const isCounted = Number.isSafeInteger(first) &&
    names.every((name, index) => name === String(first + index));
  return isCounted ? first : undefined;
}
