import { join } from "@std/path";
import { type IdxArray, writeIdx } from "../../src/formats/idx.ts";

/** Name of the file of MNIST's test images. */
export const IMAGES = "t10k-images-idx3-ubyte";
/** Name of the file of their labels. */
export const LABELS = "t10k-labels-idx1-ubyte";
/** Options that fetch nothing. */
export const OFFLINE = { split: "test", sources: [] } as const;

/** Three images of 2 × 4 pixels, and their labels. */
export const SMALL: Record<string, IdxArray> = {
  [IMAGES]: {
    dtype: "u8",
    shape: [3, 2, 4],
    data: Uint8Array.from({ length: 24 }, (_, i) => 10 * i),
  },
  [LABELS]: { dtype: "u8", shape: [3], data: new Uint8Array([7, 2, 1]) },
};

/** Packs bytes as gzip does. */
export async function gzip(data: Uint8Array<ArrayBuffer>) {
  const stream = new Blob([data]).stream();
  return await new Response(
    stream.pipeThrough(new CompressionStream("gzip")),
  ).bytes();
}

/** Writes arrays into a folder as IDX files. */
export async function store(folder: string, files: Record<string, IdxArray>) {
  for (const [name, array] of Object.entries(files)) {
    await Deno.writeFile(join(folder, name), writeIdx(array));
  }
}
