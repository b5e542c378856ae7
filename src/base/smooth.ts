/**
 * Values smoothed as TensorBoard does: an exponential moving average that is
 * corrected for its beginning.
 *
 * @param weight Of the average so far, 0 (not smoothed) to below 1.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  let average = 0;
  let known = 0;
  return values.map((value) => {
    average = weight * average + (1 - weight) * value;
    known = weight * known + (1 - weight);
    return average / known;
  });
}
