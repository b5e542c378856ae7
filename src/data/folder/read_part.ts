import { RandomGenerator } from "../../core/random.ts";
import type { FoundData, ImageRows, Split } from "./format.ts";
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
  /** Whether rows and columns are to be exchanged. */
  readonly transpose?: boolean;
  /** Whether images without labels will do. */
  readonly unlabelled?: boolean;
}

/**
 * Reads a part that is there. Where a data set has no test images with labels,
 * a tenth of the training images, the same every time, are held out for it.
 */
export async function readPart(
  data: FoundData,
  split: Split,
  { transpose = false, unlabelled = false }: PartReading = {},
): Promise<ReadPart> {
  const { source, test, train } = data;
  const right = (rows: ImageRows) => transpose ? transposed(rows) : rows;
  const isSplit = test === null || !test.isLabelled;
  if (isSplit && data.holdsOut && train !== null) {
    if (split === "train" || test === null || !unlabelled) {
      const rows = divided(await train.read(), split);
      const which = split === "train"
        ? "all but a tenth of it"
        : "a tenth of it";
      return { rows: right(rows), source: `${source}, ${which}` };
    }
  }
  const part = (split === "train" ? train : test)!;
  return { rows: right(await part.read()), source };
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
