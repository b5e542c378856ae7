import { helpFor } from "../../base/help.ts";
import { join } from "@std/path";
import { DataError, describe } from "../../base/errors.ts";
import { cifarFiles } from "./cifar_files.ts";
import { csvFiles } from "./csv_files.ts";
import type { FolderFormat, FoundData, Split } from "./format.ts";
import { idxFiles } from "./idx_files.ts";
import { list, type Listing } from "./listing.ts";
import { npzFile } from "./npz_file.ts";

/** All formats that need no decoder of pictures. */
export const FORMATS: readonly FolderFormat[] = [
  idxFiles,
  npzFile,
  csvFiles,
  cifarFiles,
];

/** torchvision's names of the folders of data sets. */
const NAMES = ["MNIST", "FashionMNIST", "KMNIST", "EMNIST", "QMNIST"];

/** What a search in a folder has found. */
export interface Search {
  /** The data set, if it has the part that was asked for. */
  readonly data: FoundData | null;
  /** Otherwise, a data set without that part. */
  readonly incomplete: FoundData | null;
}

/**
 * Looks for a data set in a folder, and where none is, where torchvision and
 * archives put it within: `raw`, `MNIST/raw`, `data/FashionMNIST/raw`,
 * `cifar-10-batches-bin`.
 *
 * @param prefersMnist Whether MNIST is meant where several are there.
 * @throws {DataError} If it is not clear which data set is meant.
 */
export async function findData(
  directory: string,
  split: Split,
  formats: readonly FolderFormat[] = FORMATS,
  prefersMnist = false,
): Promise<Search> {
  let incomplete: FoundData | null = null;
  for (const places of placesOf(directory)) {
    const found: FoundData[] = [];
    for (const folders of places) {
      const data = await firstIn(folders, formats);
      if (data === null) continue;
      if (has(data, split)) found.push(data);
      else incomplete ??= data;
    }
    if (found.length > 1 && !prefersMnist) throw several(directory, found);
    if (found.length > 0) return { data: found[0], incomplete: null };
  }
  return { data: null, incomplete };
}

/** Whether a data set has a part, or can give some rows of the other for it. */
export function has({ holdsOut, test, train }: FoundData, split: Split) {
  return split === "train"
    ? train !== null
    : test !== null || (holdsOut && train !== null);
}

/**
 * The error of a folder without a data set that can be read: what there is, and
 * what there might be.
 */
export async function nothingIn(
  directory: string,
  formats: readonly FolderFormat[],
): Promise<DataError> {
  const reads = formats.map(({ reads }) => reads).join("; ");
  return new DataError(describe({
    what: directory,
    expected: `a folder with a data set: ${reads}`,
    got: contentOf(await list(directory)),
    help: "Give the folder that has it, or fetch MNIST into this one: " +
      helpFor({
        program: "`download: true`.",
        cli: (callOf) =>
          `\`${callOf("data")} --dataset mnist --data ${directory}\`.`,
      }),
  }));
}

/** Whether files look like a data set, of whatever kind. */
export async function looksLikeData(directory: string): Promise<boolean> {
  const listing = await list(directory);
  const likely =
    /\.(csv|npz|npy|bin|zip|gz|tgz|tar|7z|rar|parquet|arff|mat|pkl|pt|h5|hdf5)$|ubyte|idx\d/i;
  return listing?.files.some((name) => likely.test(name)) ?? false;
}

/** The folders to look into: of each step the first that has something. */
function placesOf(directory: string): string[][][] {
  const within = (folder: string) =>
    NAMES.map((name) => [
      join(folder, name, "raw"),
      join(folder, name, "gzip"),
      join(folder, name),
    ]);
  return [
    [[directory]],
    [["raw", "gzip", "cifar-10-batches-bin"].map((n) => join(directory, n))],
    within(directory),
    within(join(directory, "data")),
  ];
}

async function firstIn(
  folders: readonly string[],
  formats: readonly FolderFormat[],
): Promise<FoundData | null> {
  for (const folder of folders) {
    const listing = await list(folder);
    if (listing === null) continue;
    for (const format of formats) {
      const data = await format.find(listing);
      if (data !== null) return data;
    }
  }
  return null;
}

/** Names that an error lists of a folder. */
const most = 12;

function contentOf(listing: Listing | null): string {
  if (listing === null) return "no such folder";
  const names = [
    ...listing.folders.map((name) => `${name}/`),
    ...listing.files,
  ];
  if (names.length === 0) return "an empty folder";
  const others = names.length - most;
  const shown = names.slice(0, most).join(", ");
  return others > 0 ? `${shown} and ${others} more` : shown;
}

function several(directory: string, found: readonly FoundData[]): DataError {
  return new DataError(describe({
    what: directory,
    expected: "the folder of one data set",
    got: found.map(({ source }) => source).join(" and "),
    help: "Give one of these folders.",
  }));
}
