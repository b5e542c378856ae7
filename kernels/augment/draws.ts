/**
 * f32 that are drawn for every row of an epoch:
 *
 * - 0–5: where output pixel (x, y) is taken from: column `d0·x + d1·y + d2`, row
 *   `d3·x + d4·y + d5`;
 * - 6–9: a rectangle to erase: first row, first column, and those after the
 *   last;
 * - 10: seed of the image's displacements, a whole number below 2²⁴.
 */
export const DRAWS_PER_ROW = 11;
