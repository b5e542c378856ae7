import { join } from "@std/path";
import { DataError, describe, FormatError } from "../../base/errors.ts";
import type { HostTensor } from "../../formats/safetensors.ts";
import { openWeights } from "../../formats/weights.ts";
import { checkCounts } from "./check_counts.ts";
import { isLabel, labelArray } from "./label_array.ts";
import { channelsFirst, imageShapeOf } from "./pixels.ts";
import type {
  FolderFormat,
  FoundData,
  FoundPart,
  ImageRows,
} from "./format.ts";

/** The names of the arrays: Keras's, and others that people use. */
const NAMES = {
  train: [
    /^(?:x_?train|train_?(?:x|images?|imgs?|data)|x|images?|data)$/i,
    /^(?:y_?train|train_?(?:y|labels?|targets?)|y|labels?|targets?)$/i,
  ],
  test: [
    /^(?:x_?test|test_?(?:x|images?|imgs?|data))$/i,
    /^(?:y_?test|test_?(?:y|labels?|targets?))$/i,
  ],
} as const;

/** One archive of arrays, as Keras has MNIST. */
export const npzFile: FolderFormat = {
  reads: "mnist.npz (x_train, y_train, x_test, y_test)",
  async find({ files, path }) {
    const paths = files.filter((name) => /\.npz$/i.test(name))
      .map((name) => join(path, name));
    const all = await Promise.all(paths.map(dataIn));
    const found = all.filter((data) => data !== null);
    if (found.length > 1) {
      throw new DataError(describe({
        what: path,
        expected: "one .npz file of images",
        got: found.map(({ source }) => source).join(" and "),
        help: "Give one of them instead of the folder.",
      }));
    }
    return found[0] ?? null;
  },
};

async function dataIn(path: string): Promise<FoundData | null> {
  using file = await openWeights(path);
  if (file.format !== "npz") return null;
  const names = [...file.tensors.keys()];
  const train = partOf(path, names, "train");
  const test = partOf(path, names, "test");
  if (train === null && test === null) return null;
  return {
    source: path,
    train,
    test,
    files: [path],
    needs: { train: "x_train and y_train", test: "x_test and y_test" },
    holdsOut: true,
  };
}

function partOf(
  path: string,
  names: readonly string[],
  part: keyof typeof NAMES,
): FoundPart | null {
  const [images, labels] = NAMES[part].map((pattern) =>
    names.find((name) => pattern.test(name))
  );
  if (images === undefined || labels === undefined) return null;
  return {
    name: `${images} and ${labels} of ${path}`,
    isLabelled: true,
    read: () => readPart(path, images, labels),
  };
}

async function readPart(
  path: string,
  imagesName: string,
  labelsName: string,
): Promise<ImageRows> {
  using file = await openWeights(path);
  const images = await file.read(imagesName);
  const labels = await file.read(labelsName);
  const name = `${path}: ${imagesName}`;
  const shape = images.shape[0] === 0
    ? null
    : imageShapeOf(images.shape.slice(1));
  if (shape === null) {
    throw wrongArray(
      name,
      images,
      "[images, height, width] of 1 or 3 channels",
    );
  }
  const [count, columns = 1] = labels.shape;
  if (labels.shape.length === 0 || labels.shape.length > 2 || columns !== 1) {
    throw wrongArray(`${path}: ${labelsName}`, labels, "[labels]");
  }
  checkCounts(name, images.shape[0], `${path}: ${labelsName}`, count);
  return {
    images: channelsFirst(pixelsOf(images, name), images.shape),
    shape,
    labels: labelArray(wholeNumbers(labels, `${path}: ${labelsName}`)),
    labelsName: `${path}: ${labelsName}`,
  };
}

function pixelsOf({ data, dtype }: HostTensor, name: string): Uint8Array {
  if (dtype === "U8") return data as Uint8Array;
  return Uint8Array.from(data as ArrayLike<number | bigint>, (value) => {
    const pixel = Number(value);
    if (pixel >= 0 && pixel <= 255 && Number.isInteger(pixel)) return pixel;
    throw new FormatError(describe({
      what: name,
      expected: "pixels that are whole numbers from 0 to 255",
      got: `${dtype} ${pixel}`,
      help:
        "Save what was not scaled yet: np.savez(…, x_train=x.astype('u1')).",
    }));
  });
}

function wholeNumbers({ data }: HostTensor, name: string): number[] {
  return Array.from(data as ArrayLike<number | bigint>, (value, row) => {
    if (isLabel(Number(value))) return Number(value);
    throw new FormatError(describe({
      what: `${name}: label of row ${row}`,
      expected: "a whole number of 32 bits",
      got: String(value),
      help: "Give a label for each image.",
    }));
  });
}

function wrongArray(
  what: string,
  { dtype, shape }: HostTensor,
  expected: string,
): FormatError {
  return new FormatError(describe({
    what,
    expected,
    got: `${dtype} [${shape.join(", ")}]`,
    help: "Give arrays as keras.datasets.mnist.load_data() has them.",
  }));
}
