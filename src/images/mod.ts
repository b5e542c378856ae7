/**
 * Images of one channel: laid out, drawn in the terminal, written as PNG.
 *
 * @module
 */

export { drawImage, type DrawOptions } from "./draw.ts";
export type { GrayImage } from "./gray_image.ts";
export { type GridOptions, makeGrid } from "./make_grid.ts";
export { encodePng, writePng } from "./png.ts";
