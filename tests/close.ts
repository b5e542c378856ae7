/** How far a value may lie from its reference: `atol + rtol · |reference|`. */
export interface Tolerance {
  /** Absolute part, in the unit of the values. */
  atol: number;
  /** Relative part, a fraction of the reference's magnitude. */
  rtol: number;
}

/** The largest differences between two arrays, each over all elements. */
export interface WorstError {
  /** Largest `|actual − expected|`. */
  absolute: number;
  /** Largest `|actual − expected| / |expected|` where `expected` is not 0. */
  relative: number;
}

/**
 * Asserts that `|actual − expected| ≤ atol + rtol · |expected|` everywhere.
 * A value that is not finite fails, in either array.
 *
 * @returns The worst errors, for a test to note beside its tolerance.
 * @throws {Error} Naming the element that is farthest outside its tolerance.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { atol, rtol }: Tolerance,
  label: string,
): WorstError {
  if (actual.length !== expected.length) {
    throw new Error(
      `${label}: expected ${expected.length} elements, got ${actual.length}`,
    );
  }
  const worst = { absolute: 0, relative: 0 };
  let worstExcess = -Infinity;
  let worstIndex = -1;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    const magnitude = Math.abs(expected[i]);
    const excess = Number.isFinite(actual[i]) && Number.isFinite(expected[i])
      ? error - (atol + rtol * magnitude)
      : Infinity;
    if (excess > worstExcess) {
      worstExcess = excess;
      worstIndex = i;
    }
    worst.absolute = Math.max(worst.absolute, error);
    if (magnitude > 0) {
      worst.relative = Math.max(worst.relative, error / magnitude);
    }
  }
  if (worstExcess > 0) {
    throw new Error(
      `${label}: element ${worstIndex} of ${actual.length}: expected ` +
        `${expected[worstIndex]}, got ${actual[worstIndex]}, error ` +
        `${Math.abs(actual[worstIndex] - expected[worstIndex])} ` +
        `(atol ${atol}, rtol ${rtol}; worst error ${worst.absolute})`,
    );
  }
  return worst;
}
