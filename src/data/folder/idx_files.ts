import { join } from "@std/path";
import { DataError, describe, FormatError } from "../../base/errors.ts";
import { readFile } from "../../formats/files.ts";
import { type IdxArray, readIdx } from "../../formats/idx.ts";
import { checkCounts } from "./check_counts.ts";
import { channelsFirst, imageShapeOf } from "./pixels.ts";
import type { FolderFormat, FoundPart, ImageRows } from "./format.ts";
import type { Listing } from "./listing.ts";

/** The four names that MNIST's own files have. */
export const MNIST_FILES = {
  train: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
  test: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
} as const;

/**
 * Names of IDX files: MNIST's, with a point as archivers write it, with another
 * data set's name before it and `test` for `t10k` as EMNIST and QMNIST have
 * them, packed or not.
 */
const usualName =
  /^(?:(.+)[-_. ])?(train|t10k|test)[-_. ]?(image|label)s?(?=.*(?:idx|ubyte))(?:[-_. ]?(?:idx\d?|u?byte|u?int\d*))*(?:\.gz)?$/i;

const needs = {
  train: MNIST_FILES.train.join(" and "),
  test: MNIST_FILES.test.join(" and "),
};

/** A part's two files. */
interface Pair {
  image?: string;
  label?: string;
}

/** IDX files under any of their usual names. */
export const idxFiles: FolderFormat = {
  reads: "the four IDX files, raw or .gz (train-images-idx3-ubyte, " +
    "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte)",
  async find(folder) {
    const sets = await setsIn(folder);
    if (sets.size > 1) throw severalSets(folder.path, [...sets.keys()]);
    for (const { test, train } of sets.values()) {
      return {
        source: folder.path,
        train: partOf(train),
        test: partOf(test),
        files: [train.image, train.label, test.image, test.label]
          .filter((path) => path !== undefined),
        needs,
        holdsOut: false,
      };
    }
    return null;
  },
};

/** The pairs of files in a folder, by what stands before MNIST's names. */
async function setsIn(
  folder: Listing,
): Promise<Map<string, { train: Pair; test: Pair }>> {
  const sets = new Map<string, { train: Pair; test: Pair }>();
  for (const path of await filesIn(folder)) {
    const found = usualName.exec(path.split(/[/\\]/).at(-1)!);
    if (found === null) continue;
    const [, prefix = "", part, kind] = found;
    const set = sets.get(prefix) ?? { train: {}, test: {} };
    sets.set(prefix, set);
    const pair = part.toLowerCase() === "train" ? set.train : set.test;
    pair[kind.toLowerCase() as keyof Pair] ??= join(folder.path, path);
  }
  return sets;
}

/**
 * The files, MNIST's own names and those that are not packed first. Some
 * archives have each in a folder of its own name.
 */
async function filesIn({ files, folders, path }: Listing): Promise<string[]> {
  const within = folders.filter((name) => usualName.test(name))
    .map(async (name) => {
      const entries = await Array.fromAsync(Deno.readDir(join(path, name)));
      return entries.filter(({ isFile }) => isFile)
        .map((entry) => join(name, entry.name));
    });
  const own: readonly string[] = [...MNIST_FILES.train, ...MNIST_FILES.test];
  const rank = (name: string) =>
    own.includes(name) ? 0 : name.endsWith(".gz") ? 2 : 1;
  return [...files, ...(await Promise.all(within)).flat().sort()]
    .toSorted((a, b) => rank(a) - rank(b));
}

function partOf({ image, label }: Pair): FoundPart | null {
  if (image === undefined || label === undefined) return null;
  return {
    name: `${image} and ${label}`,
    isLabelled: true,
    read: () => readPair(image, label),
  };
}

async function readPair(image: string, label: string): Promise<ImageRows> {
  const pixels = await readIdx(await readFile(image), image);
  const { dtype, shape, data } = pixels;
  const imageShape = shape[0] === 0 ? null : imageShapeOf(shape.slice(1));
  if (dtype !== "u8" || imageShape === null) {
    throw wrongContent(image, "u8 [images, height, width]", pixels);
  }
  const labels = labelsOf(await readIdx(await readFile(label), label), label);
  checkCounts(image, shape[0], label, labels.length);
  return {
    images: channelsFirst(data, shape),
    shape: imageShape,
    labels,
    labelsName: label,
  };
}

/** Labels; the first column where there are several, as QMNIST has them. */
function labelsOf(array: IdxArray, name: string): Uint8Array | Int32Array {
  const { data, dtype, shape } = array;
  const rows = shape[0];
  const columns = shape[1] ?? 1;
  if (!shape.includes(0)) {
    if (dtype === "u8" && shape.length === 1) return data;
    if (dtype === "i32" && shape.length <= 2) {
      return Int32Array.from({ length: rows }, (_, row) => data[row * columns]);
    }
  }
  throw wrongContent(name, "u8 [labels]", array);
}

function wrongContent(
  name: string,
  expected: string,
  { dtype, shape }: IdxArray,
): FormatError {
  return new FormatError(describe({
    what: `${name}: not what MNIST's file of that name holds`,
    expected: `${expected}, none of them 0`,
    got: `${dtype} [${shape.join(", ")}]`,
    help: "Give a data set in MNIST's format.",
  }));
}

function severalSets(path: string, prefixes: readonly string[]): DataError {
  const names = prefixes.map((prefix) => prefix === "" ? "MNIST's" : prefix);
  return new DataError(describe({
    what: path,
    expected: "the files of one data set",
    got: names.toSorted().join(" and "),
    help: prefixes.includes("emnist-letters")
      ? `Name one: --dataset emnist-letters --data ${path}, in a program ` +
        `openDataset("emnist-letters", { directory }).`
      : "Put every data set into a folder of its own.",
  }));
}
