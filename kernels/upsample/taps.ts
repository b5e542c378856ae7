/**
 * Which pixels an element of a resized image is made of: PyTorch's formulas in
 * its precision, f32, so that the same pixel is the nearest.
 *
 * @module
 */

/** How an axis is resized. */
export interface AxisResize {
  /** Pixels of the input. */
  readonly inSize: number;
  /** Pixels of the output. */
  readonly outSize: number;
  /** Pixels of the output for one of the input, where that was given. */
  readonly scaleFactor: number | null;
}

/** How an image is resized. */
export interface Resize {
  /** Whether four pixels are mixed, rather than the nearest taken. */
  readonly bilinear: boolean;
  /** Whether the centers of the first and last pixels stay where they are. */
  readonly alignCorners: boolean;
}

/** Tables for the kernels of `upsample.ts`. */
export interface UpsampleTables {
  /**
   * Heights and widths of input and output. Two input rows for each output row,
   * then two columns for each column. First and end of the output rows to which
   * each input row belongs, then the same of columns.
   */
  readonly taps: Int32Array;
  /** Share of the second of both rows, for each; then of both columns. */
  readonly shares: Float32Array;
  /** Iterations over the elements of the output that one pixel is a tap of. */
  readonly iterations: number;
}

/** Makes the tables of an image that is resized. */
export function upsampleTables(
  height: AxisResize,
  width: AxisResize,
  resize: Resize,
): UpsampleTables {
  const rows = tapsOf(height, resize), columns = tapsOf(width, resize);
  const rowRanges = rangesOf(rows.taps, height.inSize);
  const columnRanges = rangesOf(columns.taps, width.inSize);
  return {
    taps: Int32Array.from([
      height.inSize,
      width.inSize,
      height.outSize,
      width.outSize,
      ...rows.taps,
      ...columns.taps,
      ...rowRanges.flat(),
      ...columnRanges.flat(),
    ]),
    shares: Float32Array.from([...rows.shares, ...columns.shares]),
    iterations: longest(rowRanges) * (longest(columnRanges) + 1),
  };
}

const { fround } = Math;

/** For each output pixel of an axis two input pixels, and the second one's share. */
function tapsOf(
  { inSize, outSize, scaleFactor }: AxisResize,
  { alignCorners, bilinear }: Resize,
): { taps: number[]; shares: number[] } {
  // PyTorch looks at no factor where it may copy or double pixels.
  const isSame = inSize === outSize;
  const isExact = !bilinear && (isSame || 2 * inSize === outSize);
  const scale = alignCorners
    ? fround(outSize > 1 ? (inSize - 1) / (outSize - 1) : 0)
    : fround(
      scaleFactor === null || isExact ? inSize / outSize : 1 / scaleFactor,
    );
  const taps: number[] = [], shares: number[] = [];
  for (let index = 0; index < outSize; index++) {
    const position = bilinear && !alignCorners
      ? Math.max(0, fround(fround(scale * fround(index + 0.5)) - 0.5))
      : fround(scale * index);
    const first = isSame ? index : Math.min(Math.floor(position), inSize - 1);
    const isMixed = bilinear && !isSame;
    taps.push(first, isMixed ? Math.min(first + 1, inSize - 1) : first);
    shares.push(isMixed ? Math.min(fround(position - first), 1) : 0);
  }
  return { taps, shares };
}

/** For each input pixel the output pixels that it is a tap of: first and end. */
function rangesOf(
  taps: readonly number[],
  inSize: number,
): [first: number, end: number][] {
  const ranges: [number, number][] = Array.from(
    { length: inSize },
    () => [0, 0],
  );
  for (const [at, pixel] of taps.entries()) {
    const output = at >> 1;
    const range = ranges[pixel];
    if (range[1] === 0) range[0] = output;
    range[1] = output + 1;
  }
  return ranges;
}

function longest(ranges: readonly [first: number, end: number][]): number {
  return ranges.reduce((most, [first, end]) => Math.max(most, end - first), 0);
}
