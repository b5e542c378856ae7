/** Mean and standard deviation (with n − 1) of some values. */
export function meanAndDeviation(
  values: readonly number[],
): { mean: number; deviation: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (count - 1)) };
}
