/** As much of a step as the suggestion needs. */
interface Step {
  readonly lr: number;
  readonly smooth: number;
}

/**
 * The learning rate that fastai suggests, its "valley": of the steps but the
 * first tenth and the last five, the longest run of ever smaller losses, steps
 * in between left out, is looked for; the suggestion stands in the middle of the
 * steps that it spans by its length.
 *
 * @param steps Steps that were planned.
 * @returns NaN where too few steps are left.
 */
export function suggestLr(all: readonly Step[], steps: number): number {
  const points = all.slice(Math.floor(steps / 10), -5)
    .filter(({ smooth }) => Number.isFinite(smooth));
  if (points.length < 2) return NaN;
  const { end, length } = longestDescent(points.map(({ smooth }) => smooth));
  const start = end - length;
  const third = length / 3;
  const at = start + Math.floor(third) + Math.floor(third / 2);
  return points[Math.max(0, at)].lr;
}

/** The first longest subsequence of ever smaller values: its last, its length. */
function longestDescent(
  values: readonly number[],
): { end: number; length: number } {
  const lengths: number[] = [];
  let end = 0;
  for (const [index, value] of values.entries()) {
    const before = lengths.filter((_, earlier) => value < values[earlier]);
    lengths.push(1 + Math.max(0, ...before));
    if (lengths[index] > lengths[end]) end = index;
  }
  return { end, length: lengths[end] };
}
