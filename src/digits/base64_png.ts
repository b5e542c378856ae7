import type { GrayImage } from "./gray_image.ts";
import { encodePng } from "./png.ts";

/**
 * An image as PNG in base64, as pages and notebooks hold it.
 *
 * @throws {LibraryError} If fast-png cannot be loaded.
 */
export async function base64Png(image: GrayImage): Promise<string> {
  const png = await encodePng(image);
  return btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""));
}
