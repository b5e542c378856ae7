import { join } from "@std/path";
import { cifarFiles } from "../../src/data/folder/cifar_files.ts";
import { csvLayout, readCsv } from "../../src/data/folder/csv.ts";
import { list } from "../../src/data/folder/mod.ts";
import { npzFile } from "../../src/data/folder/npz_file.ts";
import { openDataset } from "../../src/datasets/mod.ts";
import { decodeImage } from "../../src/digits/decode.ts";
import { readIdx } from "../../src/formats/idx.ts";
import { readArchive } from "../../src/formats/archive.ts";
import {
  decodeSafetensors,
  readSafetensors,
} from "../../src/formats/safetensors.ts";
import { decodeWeights } from "../../src/formats/weights.ts";
import { readCheckpoint } from "../../src/training/checkpoint.ts";

/**
 * Reads a file of a format whole.
 *
 * @param folder An empty folder, for readers that take a path.
 */
export type Reader = (bytes: Uint8Array, folder: string) => Promise<unknown>;

/** The readers of files that people are given, by what they read. */
export const READERS = {
  safetensors: async (bytes) => {
    decodeSafetensors(bytes);
    await decodeWeights(bytes);
  },
  pth: (bytes) => decodeWeights(bytes),
  "legacy pth": (bytes) => decodeWeights(bytes),
  npz: async (bytes, folder) => {
    await stored("mnist.npz", bytes, folder);
    const data = await npzFile.find((await list(folder))!);
    await data?.train?.read();
    return await decodeWeights(bytes);
  },
  onnx: (bytes) => decodeWeights(bytes),
  checkpoint: async (bytes, folder) => {
    const path = await stored("checkpoint.safetensors", bytes, folder);
    await readSafetensors(path);
    return await readCheckpoint(path);
  },
  idx: (bytes) => readIdx(bytes),
  gz: (bytes) => readIdx(bytes),
  csv: async (bytes, folder) => {
    const path = await stored("train.csv", bytes, folder);
    return await readCsv(path, await csvLayout(path));
  },
  "csv.gz": async (bytes, folder) => {
    const path = await stored("train.csv.gz", bytes, folder);
    return await readCsv(path, await csvLayout(path));
  },
  cifar: async (bytes, folder) => {
    await stored("data_batch_1.bin", bytes, folder);
    const data = await cifarFiles.find((await list(folder))!);
    return await data?.train?.read();
  },
  pictures: async (bytes, folder) => {
    for (const name of ["a", "b"]) {
      await Deno.mkdir(join(folder, name), { recursive: true });
      await stored("1.png", bytes, join(folder, name));
    }
    return await openDataset(folder, { classes: 2 });
  },
  archive: async (bytes, folder) => {
    const path = await stored("archive", bytes, folder);
    return await Array.fromAsync(readArchive(path, /(.*\.bin)$/));
  },
  png: (bytes) => decodeImage(bytes, "a.png"),
  jpeg: (bytes) => decodeImage(bytes, "a.jpg"),
  bmp: (bytes) => decodeImage(bytes, "a.bmp"),
  pgm: (bytes) => decodeImage(bytes, "a.pgm"),
  gif: (bytes) => decodeImage(bytes, "a.gif"),
  webp: (bytes) => decodeImage(bytes, "a.webp"),
  avif: (bytes) => decodeImage(bytes, "a.avif"),
} satisfies Record<string, Reader>;

/** What the readers read. */
export type ReaderName = keyof typeof READERS;

async function stored(
  name: string,
  bytes: Uint8Array,
  folder: string,
): Promise<string> {
  const path = join(folder, name);
  await Deno.writeFile(path, bytes);
  return path;
}
