import { describe, ShapeError } from "../base/errors.ts";
import type { GrayImage } from "./gray_image.ts";

/** How images are laid out. */
export interface GridOptions {
  /** Images in a row. Default 8, as in torchvision. */
  columns?: number;
  /** Black pixels around every image. Default 2, as in torchvision. */
  padding?: number;
}

/**
 * One image of many, row by row: torchvision's `make_grid` for one channel.
 *
 * @param images `[N, height, width]`: pixels from 0 to 255.
 * @param size Height and width of one of them.
 * @param options Images in a row, and pixels around them.
 * @throws {ShapeError} If the pixels are no whole number of images, or none.
 *
 * @example
 * ```ts
 * import { makeGrid } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Uint8Array(100 * 28 * 28);
 * const grid = makeGrid(images, [28, 28], { columns: 10, padding: 1 });
 * assertEquals([grid.width, grid.height], [291, 291]);
 * ```
 */
export function makeGrid(
  images: Uint8Array,
  [height, width]: readonly [height: number, width: number],
  { columns = 8, padding = 2 }: GridOptions = {},
): GrayImage {
  const count = images.length / (height * width);
  if (!Number.isInteger(count) || count === 0) {
    throw new ShapeError(describe({
      what: "makeGrid",
      expected: `whole images of ${height} × ${width} pixels`,
      got: `${images.length} pixels`,
      help: "Give the pixels of all images and the size of one.",
    }));
  }
  const across = Math.min(columns, count);
  const down = Math.ceil(count / across);
  const gridWidth = across * (width + padding) + padding;
  const gridHeight = down * (height + padding) + padding;
  const data = new Uint8Array(gridWidth * gridHeight);
  for (let image = 0; image < count; image++) {
    const left = padding + (image % across) * (width + padding);
    const top = padding + Math.floor(image / across) * (height + padding);
    for (let row = 0; row < height; row++) {
      const start = (image * height + row) * width;
      const target = (top + row) * gridWidth + left;
      data.set(images.subarray(start, start + width), target);
    }
  }
  return { width: gridWidth, height: gridHeight, data };
}
