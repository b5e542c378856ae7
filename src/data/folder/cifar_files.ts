import { join } from "@std/path";
import { describe, FormatError } from "../../base/errors.ts";
import { readFile } from "../../formats/files.ts";
import type { FolderFormat, FoundPart, ImageRows } from "./format.ts";

/** A label, then 32 × 32 pixels of red, of green and of blue. */
const shape = [3, 32, 32] as const;
const imageBytes = 3 * 32 * 32;

/**
 * The binary version of CIFAR-10:
 * https://www.cs.toronto.edu/~kriz/cifar.html
 */
export const cifarFiles: FolderFormat = {
  reads: "CIFAR-10's binary files (data_batch_1.bin … test_batch.bin)",
  async find({ files, path }) {
    const batches = files.filter((name) => /^data_batch_\d+\.bin$/.test(name));
    const tests = files.filter((name) => name === "test_batch.bin");
    if (batches.length === 0 && tests.length === 0) return null;
    const classNames = files.includes("batches.meta.txt")
      ? await namesIn(join(path, "batches.meta.txt"))
      : undefined;
    const part = (names: readonly string[]) =>
      partOf(names.map((name) => join(path, name)), classNames);
    return {
      source: path,
      train: part(batches),
      test: part(tests),
      files: [...batches, ...tests].map((name) => join(path, name)),
      needs: { train: "data_batch_1.bin …", test: "test_batch.bin" },
      holdsOut: false,
    };
  },
};

function partOf(
  paths: readonly string[],
  classNames: readonly string[] | undefined,
): FoundPart | null {
  if (paths.length === 0) return null;
  return {
    name: paths.join(", "),
    isLabelled: true,
    read: async () => ({ ...await readBatches(paths), classNames }),
  };
}

async function namesIn(path: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readFile(path));
  return text.split(/\r?\n/).map((name) => name.trim())
    .filter((name) => name !== "");
}

async function readBatches(paths: readonly string[]): Promise<ImageRows> {
  const files = await Promise.all(paths.map((path) => readFile(path)));
  for (const [index, { length }] of files.entries()) {
    if (length > 0 && length % (1 + imageBytes) === 0) continue;
    throw new FormatError(describe({
      what: paths[index],
      expected: `${1 + imageBytes} bytes for each image of CIFAR-10`,
      got: `${length} bytes`,
      help: "Get the file again; it is cut short, damaged or not CIFAR-10's.",
    }));
  }
  const rows = files.map(({ length }) => length / (1 + imageBytes));
  const total = rows.reduce((sum, count) => sum + count, 0);
  const images = new Uint8Array(total * imageBytes);
  const labels = new Uint8Array(total);
  let row = 0;
  for (const file of files) {
    for (let at = 0; at < file.length; at += 1 + imageBytes, row++) {
      labels[row] = file[at];
      const pixels = file.subarray(at + 1, at + 1 + imageBytes);
      images.set(pixels, row * imageBytes);
    }
  }
  return { images, labels, shape, labelsName: paths[0] };
}
