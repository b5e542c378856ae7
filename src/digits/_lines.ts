/** Where ink is: 1, elsewhere 0, row by row. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * A straight, thin, nearly horizontal line: `start` to `end` are columns, and
 * its middle at column x is `offset + slope * x`.
 */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly slope: number;
  readonly offset: number;
  /** Rows that it covers in most columns. */
  readonly thick: number;
}

/** Of the longer side, how thick a line may be and how long it is at least. */
const [mostThick, leastLong] = [0.025, 0.15];

/** A line is this many times as long as it is thick. */
const leastSlender = 12;

/** The steepest line: a photo is held that straight. */
const steepest = 0.1;

/** Pixels from a line's middle within which its ink is looked for. */
const near = 1.5;

/**
 * Finds straight thin lines from left to right that are not steep, one after
 * another, by a Hough transform: of pixels whose ink is thin from top to bottom
 * each votes for all lines through it. Where a stroke crosses, a line goes on.
 */
export function linesOf(mask: Mask): Line[] {
  const { height, width } = mask;
  const longer = Math.max(width, height);
  const thickest = Math.max(3, Math.round(longer * mostThick));
  const least = Math.max(12, longer * leastLong);
  const runs = runLengths(mask);
  const voters: number[] = [];
  for (const [pixel, length] of runs.entries()) {
    if (length > 0 && length <= thickest) voters.push(pixel);
  }
  const lines: Line[] = [];
  let votes = voters;
  for (let round = 0; round < 100 && votes.length >= least / 2; round++) {
    const best = strongest(votes, mask);
    if (best.count < least / 2) break;
    const { offset, slope } = refined(votes, best, width);
    const isNear = (pixel: number) =>
      Math.abs(
        Math.floor(pixel / width) - offset - slope * (pixel % width),
      ) <= near + 0.5;
    lines.push(
      ...segments(mask, runs, thickest, { slope, offset })
        .filter(({ end, start, thick }) =>
          end - start >= Math.max(least, leastSlender * thick)
        ),
    );
    const rest = votes.filter((pixel) => !isNear(pixel));
    if (rest.length === votes.length) break;
    votes = rest;
  }
  return lines;
}

/** For each pixel with ink, the length of the vertical run that it is in. */
function runLengths({ data, height, width }: Mask): Uint16Array {
  const lengths = new Uint16Array(data.length);
  for (let column = 0; column < width; column++) {
    for (let row = 0; row < height; row++) {
      let end = row;
      while (end < height && data[end * width + column] === 1) end++;
      for (let at = row; at < end; at++) {
        lengths[at * width + column] = end - row;
      }
      row = end;
    }
  }
  return lengths;
}

/** A line through the whole image. */
interface Straight {
  readonly slope: number;
  readonly offset: number;
}

/** The line that most pixels are on, within two rows. */
function strongest(
  votes: readonly number[],
  { height, width }: Mask,
): Straight & { count: number } {
  const step = 1.5 / width;
  const count = Math.ceil(steepest / step);
  const margin = Math.ceil(steepest * width) + 2;
  let best = { slope: 0, offset: 0, count: 0 };
  const bins = new Int32Array(height + 2 * margin);
  for (let at = -count; at <= count; at++) {
    const slope = at * step;
    bins.fill(0);
    for (const pixel of votes) {
      const row = Math.floor(pixel / width) - slope * (pixel % width);
      bins[Math.round(row) + margin]++;
    }
    for (let bin = 0; bin + 1 < bins.length; bin++) {
      const sum = bins[bin] + bins[bin + 1];
      if (sum > best.count) {
        best = { slope, offset: bin + 0.5 - margin, count: sum };
      }
    }
  }
  return best;
}

/** The least squares of the pixels that are near a line. */
function refined(
  votes: readonly number[],
  { offset, slope }: Straight,
  width: number,
): Straight {
  let [count, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  for (const pixel of votes) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    if (Math.abs(y - offset - slope * x) > near + 0.5) continue;
    count++;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const spread = count * sumXX - sumX * sumX;
  if (spread === 0) return { offset, slope };
  const fitted = (count * sumXY - sumX * sumY) / spread;
  return { slope: fitted, offset: (sumY - fitted * sumX) / count };
}

/** The parts of a line that have ink, most of it thin. */
function segments(
  { data, height, width }: Mask,
  runs: Uint16Array,
  thickest: number,
  { offset, slope }: Straight,
): Line[] {
  const gap = Math.max(3, Math.round(width * 0.02));
  const lines: Line[] = [];
  let thin: number[] = [];
  let [start, last] = [-1, -1];
  const finish = () => {
    if (start >= 0 && thin.length >= (last - start + 1) / 2) {
      const thick = thin.sort((a, b) => a - b)[thin.length >> 1];
      lines.push({ start, end: last + 1, slope, offset, thick });
    }
    [start, thin] = [-1, []];
  };
  for (let x = 0; x < width; x++) {
    let least = Infinity;
    const middle = offset + slope * x;
    const first = Math.max(0, Math.ceil(middle - near));
    const end = Math.min(height - 1, Math.floor(middle + near));
    for (let y = first; y <= end; y++) {
      if (data[y * width + x] === 1) {
        least = Math.min(least, runs[y * width + x]);
      }
    }
    if (least === Infinity) continue;
    if (start >= 0 && x - last > gap) finish();
    if (start < 0) {
      // A line begins with itself, and not with a stroke.
      if (least > thickest) continue;
      start = x;
    }
    if (least <= thickest) thin.push(least);
    last = x;
  }
  finish();
  return lines;
}
