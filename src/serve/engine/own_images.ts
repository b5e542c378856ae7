import { describe, FormatError } from "../../base/errors.ts";
import { unpack } from "../../formats/gzip.ts";
import { readIdx } from "../../formats/idx.ts";
import { decodeWeights } from "../../formats/weights.ts";
import type { OwnFile } from "./protocol.ts";

/** Images to train on. */
export interface LabelledImages {
  /** 28 × 28 bytes each, 0 (paper) to 255 (ink). */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** An array of a file, whatever the file's format. */
interface Found {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}

const names = {
  images: /^(x_?train|train_?images|images|x)$/i,
  labels: /^(y_?train|train_?labels|labels|y)$/i,
};

/**
 * Reads images and labels: both in one `.npz` or `.safetensors`, or each in a
 * file of MNIST's own format, packed by gzip or not.
 *
 * @throws {FormatError} If they are not there, of another size, or damaged.
 */
export async function readOwnImages(
  files: readonly OwnFile[],
): Promise<LabelledImages> {
  const source = files.map(({ name }) => name).join(" and ");
  let [images, labels]: (Found | undefined)[] = [];
  for (const { bytes, name } of files) {
    const file = await unpack(bytes, name);
    if (isIdx(file)) {
      const array = await readIdx(file, name);
      if (array.shape.length === 1) labels = array;
      else images = array;
      continue;
    }
    const { tensors } = await decodeWeights(file, name);
    const find = (pattern: RegExp) =>
      [...tensors].find(([name]) => pattern.test(name))?.[1];
    images ??= find(names.images);
    labels ??= find(names.labels);
  }
  if (images === undefined || labels === undefined) {
    throw wrong(source, "images and their labels", "no such pair");
  }
  return checked(source, images, labels);
}

function checked(source: string, images: Found, labels: Found) {
  const count = labels.data.length;
  if (!(images.data instanceof Uint8Array)) {
    throw wrong(source, "bytes, 0 (paper) to 255 (ink)", "other pixels");
  }
  if (images.data.length !== count * 784 || images.shape[0] !== count) {
    const got = `images of ${images.shape.join(" × ")}, and ${count} labels`;
    throw wrong(source, "images of 28 × 28 pixels, a label each", got);
  }
  if (count < 100) throw wrong(source, "at least 100 images", `${count}`);
  const all = Array.from(labels.data, Number);
  const other = all.find((label) =>
    !(Number.isInteger(label) && label >= 0 && label <= 255)
  );
  if (other !== undefined) throw wrong(source, "labels from 0", `${other}`);
  return { images: images.data, labels: Uint8Array.from(all) };
}

/** Two zeros, the type of the elements, and how many sizes there are. */
function isIdx(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] >= 8 && bytes[3] >= 1 &&
    bytes[3] <= 4;
}

function wrong(what: string, expected: string, got: string): FormatError {
  return new FormatError(describe({
    what,
    expected,
    got,
    help: "Choose train-images-idx3-ubyte and train-labels-idx1-ubyte " +
      "together, or an .npz with x_train and y_train.",
  }));
}
