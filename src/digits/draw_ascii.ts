import type { GrayImage } from "./gray_image.ts";

/** From black to white, by how much of its field a character covers. */
const shades = " .:-=+*#%@";

/**
 * An image as lines of ASCII, two characters a pixel, that is about square.
 *
 * @example
 * ```ts
 * import { drawAscii } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8Array([0, 255, 255, 128]);
 * assertEquals(drawAscii({ width: 2, height: 2, data }), "  @@\n@@++");
 * ```
 */
export function drawAscii({ data, height, width }: GrayImage): string {
  return Array.from({ length: height }, (_, row) =>
    Array.from(
      data.subarray(row * width, (row + 1) * width),
      (value) =>
        shades[Math.round(value / 255 * (shades.length - 1))].repeat(2),
    ).join("")).join("\n");
}
