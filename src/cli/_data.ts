import { DataError, describe } from "../base/errors.ts";
import { choices } from "../base/choices.ts";
import type { ImageDataset } from "../data/image_dataset.ts";
import { openDataset } from "../datasets/mod.ts";
import { DATASET_NAMES as names } from "../datasets/names.ts";
import type { ModelCard } from "../models/card.ts";
import type { Given } from "./_command.ts";
import { classCount, firstLabel } from "./_data_options.ts";
import { usage } from "./_options.ts";

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

/** The number that the names of classes start with, where they are numbers. */
function firstLabelOf(card: ModelCard | undefined): number | undefined {
  const names = card?.classNames ?? [];
  const first = Number(names[0]);
  const isCounted = Number.isSafeInteger(first) &&
    names.every((name, index) => name === String(first + index));
  return isCounted ? first : undefined;
}
