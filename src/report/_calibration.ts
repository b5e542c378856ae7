import type { RowLoss } from "./worst_rows.ts";

/** The rows whose probability lies in a range. */
export interface CalibrationBin {
  /** The range, from above the first to the second number. */
  readonly range: readonly [from: number, to: number];
  /** How many there are. */
  readonly rows: number;
  /** Their mean probability; NaN where there are none. */
  readonly confidence: number;
  /** The share of them that is right; NaN where there are none. */
  readonly accuracy: number;
}

/** How far probabilities can be trusted. */
export interface Calibration {
  /** Ranges of probability, of equal width. */
  readonly bins: readonly CalibrationBin[];
  /**
   * Expected calibration error, 0…1: the distance of probability and accuracy,
   * weighted by rows. Guo et al., 2017, arXiv:1706.04599.
   */
  readonly error: number;
}

/** Compares the probabilities of predictions with how often they are right. */
export function calibrationOf(
  rows: readonly RowLoss[],
  count = 15,
): Calibration {
  const sums = Array.from(
    { length: count },
    () => ({ rows: 0, probability: 0, right: 0 }),
  );
  for (const { label, prediction, probability } of rows) {
    const last = Math.max(0, Math.ceil(probability * count) - 1);
    const bin = sums[Math.min(last, count - 1)];
    bin.rows++;
    bin.probability += probability;
    if (prediction === label) bin.right++;
  }
  const bins = sums.map(({ probability, right, rows }, index) => ({
    range: [index / count, (index + 1) / count] as const,
    rows,
    confidence: probability / rows,
    accuracy: right / rows,
  }));
  const apart = sums.reduce(
    (all, { probability, right }) => all + Math.abs(right - probability),
    0,
  );
  return { bins, error: apart / rows.length };
}
