import { join } from "@std/path";
import { closest } from "../base/closest.ts";
import { choices } from "../base/choices.ts";
import { DataError, describe } from "../base/errors.ts";
import { helpFor } from "../base/help.ts";
import { checkOptions } from "../base/options.ts";
import {
  findData,
  FORMATS,
  type FoundData,
  list,
  readPart,
  type Split,
} from "../data/folder/mod.ts";
import { ImageDataset } from "../data/image_dataset.ts";
import { checkSplit, foreignFile, Mnist, openFolder } from "../data/mnist.ts";
import { mirror } from "../formats/data_source.ts";
import { type CatalogEntry, DATASETS } from "./catalog.ts";
import { fetchEntry } from "./_fetch.ts";
import type { DatasetName } from "./names.ts";
import { pictures } from "./_pictures.ts";

/** Options of {@linkcode openDataset}. */
export interface OpenDatasetOptions {
  /** The images to learn from, or those to test with. Default `"train"`. */
  split?: "train" | "test";
  /** The folder that data sets known by name are kept in. Default `./data`. */
  directory?: string;
  /**
   * Whether to fetch a data set that is not there. Default: one that is named,
   * and MNIST into `./data`.
   */
  download?: boolean;
  /** Addresses to fetch it from instead of the public ones. */
  mirrors?: readonly string[];
  /** Takes the first so many images only; default all. */
  limit?: number;
  /** How many classes there are; default: as many as have names, or 10. */
  classes?: number;
  /**
   * The names of the classes that number the labels, those of weights: a data
   * set with names may have them in another order, or some of them only.
   */
  classNames?: readonly string[];
  /** The least label, of the first class; default: the data set's, or 0. */
  firstLabel?: number;
  /** Exchanges rows and columns; default: of EMNIST's files, which need it. */
  transpose?: boolean;
  /** Whether test images without labels will do: Kaggle's `test.csv`. */
  unlabelled?: boolean;
}

/** The formats of folders, pictures last: they are looked for longest. */
const formats = [...FORMATS, pictures];

/**
 * Opens a data set of images by its name, fetching it where it is not there, or
 * whatever data set a folder holds.
 *
 * Names are `mnist`, `fashion-mnist`, `kmnist`, `emnist-letters`,
 * `emnist-digits`, `emnist-balanced`, `qmnist` and `cifar10`; what is fetched
 * must have the checksum that torchvision or TensorFlow Datasets know. A folder
 * may hold what {@linkcode Mnist.open} reads, or a folder of pictures for each
 * class, in `train` and `test` or in one that is divided.
 *
 * @param name A name, or a folder, or an `.npz` or `.csv` file.
 * @throws {DataError} If there is no such data set, or it can't be fetched.
 * @throws {FormatError} If a file is damaged, or holds no images.
 * @throws {RangeError} If a label is not one of the classes', or an option is
 * out of its range.
 *
 * @example
 * ```ts ignore
 * const fashion = await openDataset("fashion-mnist", { split: "test" });
 * console.log(fashion.targets.classNames?.[fashion.labels[0]]); // Ankle boot
 * ```
 *
 * @category Data
 */
export async function openDataset(
  name: string,
  options: OpenDatasetOptions = {},
): Promise<ImageDataset> {
  checkOptions("openDataset", options, [
    "classNames",
    "classes",
    "directory",
    "download",
    "firstLabel",
    "limit",
    "mirrors",
    "split",
    "transpose",
    "unlabelled",
  ]);
  checkSplit("openDataset", options.split ?? "train");
  if (!Object.hasOwn(DATASETS, name)) return await openPath(name, options);
  const entry = DATASETS[name as DatasetName];
  return await (entry === null
    ? openMnist(options)
    : openEntry(entry, options));
}

/** MNIST, in `directory` itself; other data there is refused. */
async function openMnist(options: OpenDatasetOptions): Promise<ImageDataset> {
  const { directory = "./data", download, mirrors, split = "train" } = options;
  const { transpose: _transpose, unlabelled: _unlabelled, ...given } = options;
  const { classes, firstLabel, limit } = given;
  const mnist = await Mnist.open(directory, {
    split,
    classes,
    firstLabel,
    limit,
    download: download ?? true,
    sources: mirrors?.map((url) => mirror(url)),
  });
  if (mirrors !== undefined || await Mnist.isOriginal(directory)) return mnist;
  // One part of it may be all that was fetched.
  const { data } = await findData(directory, split);
  if (data?.source === mnist.source && await foreignFile(data) !== null) {
    throw new DataError(describe({
      what: directory,
      expected: "MNIST, or an empty folder to fetch it into",
      got: "another data set",
      help: `Give another folder, or read this one: --dataset ${directory}.`,
    }));
  }
  return mnist;
}

/**
 * Opens a data set of a catalogue, and fetches what is missing.
 *
 * @param entry Its files, and what is known of it.
 */
export async function openEntry(
  entry: CatalogEntry,
  options: OpenDatasetOptions,
): Promise<ImageDataset> {
  const { directory = "./data", download = true, split = "train" } = options;
  const folder = join(directory, entry.folder);
  let data = await findEntry(entry, directory, split);
  let source: string | undefined;
  if (data === null) {
    if (!download) throw notThere(entry, folder);
    const mirrors = options.mirrors?.map((url) => url.replace(/\/?$/, "/"));
    source = await fetchEntry(
      { ...entry, mirrors: mirrors ?? entry.mirrors },
      split,
      folder,
    );
    data = (await findEntry(entry, directory, split))!;
  }
  const { transpose } = options;
  const { known = {} } = entry;
  const part = await readPart(data, split, { known, transpose });
  return new ImageDataset({
    rows: part.rows,
    source: source ?? part.source,
    split,
    classes: options.classes,
    classNames: options.classNames,
    firstLabel: options.firstLabel,
    limit: options.limit,
  });
}

/**
 * The files of an entry: in its own folder, or in the one that was named, where
 * they are not MNIST's.
 */
async function findEntry(
  { folder, prefix }: CatalogEntry,
  directory: string,
  split: Split,
): Promise<FoundData | null> {
  const own = join(directory, folder);
  for (const place of [own, join(own, ".."), directory]) {
    const listing = await list(place);
    if (listing === null) continue;
    const files = prefix === undefined
      ? listing.files
      : listing.files.filter((name) => name.startsWith(`${prefix}-`));
    for (const format of FORMATS) {
      const data = await format.find({ ...listing, files, folders: [] });
      if (data === null || data[split] === null) continue;
      if (place === own || await foreignFile(data) !== null) return data;
    }
  }
  return null;
}

async function openPath(
  path: string,
  options: OpenDatasetOptions,
): Promise<ImageDataset> {
  const { download, split = "train", transpose, unlabelled } = options;
  if (await list(path) === null && !/[/\\.]/.test(path)) {
    const meant = closest(path, Object.keys(DATASETS));
    if (path !== "data") throw unknownName(path, meant);
  }
  const { data, source } = await openFolder(
    path,
    { download, split },
    formats,
  );
  const part = await readPart(data, split, { transpose, unlabelled });
  return new ImageDataset({
    rows: part.rows,
    source: source ?? part.source,
    split,
    classes: options.classes,
    classNames: options.classNames,
    firstLabel: options.firstLabel,
    limit: options.limit,
  });
}

function unknownName(name: string, meant: string | null): DataError {
  return new DataError(describe({
    what: `data set ${name}`,
    expected: `${choices(Object.keys(DATASETS))}, or a folder`,
    got: "no such name, and no such folder",
    help: meant === null
      ? "Give one of the names, or the folder of a data set."
      : `Did you mean ${meant}?`,
  }));
}

function notThere(entry: CatalogEntry, folder: string): DataError {
  const named = Object.entries(DATASETS).find(([, known]) => known === entry);
  const [name = "NAME"] = named ?? [];
  return new DataError(describe({
    what: `${entry.title} is not in ${folder}`,
    help: helpFor({
      program: "Put its files there, or fetch them: { download: true }.",
      cli: (callOf) =>
        "Put its files there, or fetch them: " +
        `\`${callOf("data")} --dataset ${name}\`.`,
    }),
  }));
}
