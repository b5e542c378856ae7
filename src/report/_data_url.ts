import { base64Png } from "../digits/base64_png.ts";
import type { GrayImage } from "../digits/mod.ts";

/** An image as the address of itself. */
export async function dataUrl(image: GrayImage): Promise<string> {
  return `data:image/png;base64,${await base64Png(image)}`;
}
