import { helpFor } from "../../base/help.ts";
import { DataError, describe } from "../../base/errors.ts";
import { RandomGenerator } from "../../core/random.ts";
import type { FoundData, FoundPart, ImageRows, Split } from "./format.ts";
import { type KnownData, knownOf } from "./known_data.ts";
import { pickImages, transposed } from "./pixels.ts";

/** A part of a data set, read. */
export interface ReadPart {
  /** Its images and labels. */
  readonly rows: ImageRows;
  /** Where they came from, for people. */
  readonly source: string;
}

/** One of so many training images is held out where there are no test images. */
const share = 10;

/** How to read a part. */
export interface PartReading {
  /** What is known of it. Default: what the names of its files tell. */
  readonly known?: KnownData;
  /** Whether rows and columns are to be exchanged. Default: as is known. */
  readonly transpose?: boolean;
  /** Whether images without labels will do. */
  readonly unlabelled?: boolean;
}

/**
 * Reads a part that is there. Where a data set has no test images with labels,
 * a tenth of the training images, the same every time, are held out for it.
 *
 * @throws {DataError} If images without labels are all there are.
 */
export async function readPart(
  data: FoundData,
  split: Split,
  { known = knownOf(data.files[0]), transpose, unlabelled = false }:
    PartReading = {},
): Promise<ReadPart> {
  const { classNames, firstLabel, isTransposed = false } = known;
  const { rows, source } = await chosenRows(data, split, unlabelled);
  const isTurned = transpose ?? isTransposed;
  return {
    rows: {
      ...(isTurned ? transposed(rows) : rows),
      classNames: rows.classNames ?? classNames,
      firstLabel,
    },
    source: isTurned ? `${source}, rows and columns exchanged` : source,
  };
}

async function chosenRows(
  { holdsOut, source, test, train }: FoundData,
  split: Split,
  unlabelled: boolean,
): Promise<ReadPart> {
  const isSplit = test === null || !test.isLabelled;
  if (isSplit && holdsOut && train !== null) {
    if (split === "train" || test === null || !unlabelled) {
      const rows = divided(await train.read(), split);
      const which = split === "train"
        ? "all but a tenth of it"
        : "a tenth of it";
      return { rows, source: `${source}, ${which}` };
    }
  }
  const part = (split === "train" ? train : test)!;
  if (!part.isLabelled && !unlabelled) throw noLabels(part);
  return { rows: await part.read(), source };
}

function noLabels({ name }: FoundPart): DataError {
  return new DataError(describe({
    what: name,
    expected: "images with labels",
    got: "images alone",
    help: "Give the file that has the labels too, train.csv; images alone " +
      "can be predicted: " + helpFor({
        program: "`unlabelled: true`.",
        cli: (callOf) => `\`${callOf("predict")} --data …\`.`,
      }),
  }));
}

function divided(rows: ImageRows, split: Split): ImageRows {
  const size = rows.shape.reduce((product, size) => product * size, 1);
  const count = rows.images.length / size;
  const order = new RandomGenerator(0).permutation(count);
  const held = Math.min(Math.ceil(count / share), count - 1);
  const chosen = split === "test"
    ? order.subarray(count - held)
    : order.subarray(0, count - held);
  return pickImages(rows, chosen.toSorted());
}
