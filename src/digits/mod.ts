/**
 * Images of one channel: laid out, drawn in the terminal, written as PNG; and
 * pictures of digits, read.
 *
 * @module
 */

export { drawAscii } from "./draw_ascii.ts";
export { drawImage, type DrawOptions } from "./draw.ts";
export type { GrayImage } from "./gray_image.ts";
export { type GridOptions, makeGrid } from "./make_grid.ts";
export { encodePng, writePng } from "./png.ts";
export { type Digit, readDigit } from "./read_digit.ts";
