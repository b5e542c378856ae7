import { library } from "../base/library.ts";
import { writeFileAtomic } from "../formats/files.ts";
import type { GrayImage } from "./gray_image.ts";

/**
 * Encodes an image as PNG, 8 bits of grey.
 *
 * @throws {LibraryError} If fast-png cannot be loaded.
 *
 * @example
 * ```ts
 * import { encodePng } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8Array([0, 255]);
 * const png = await encodePng({ width: 2, height: 1, data });
 * assertEquals(new TextDecoder().decode(png.subarray(1, 4)), "PNG");
 * ```
 */
export async function encodePng(image: GrayImage): Promise<Uint8Array> {
  const { encode } = await library(
    "npm:fast-png@8.0.0",
    () => import("npm:fast-png@8.0.0"),
  );
  return encode({ ...image, depth: 8, channels: 1 });
}

/**
 * Writes an image as PNG: whole under its name, or not at all.
 *
 * @throws {DataError} If the file can't be written.
 */
export async function writePng(path: string, image: GrayImage): Promise<void> {
  await writeFileAtomic(path, await encodePng(image));
}
