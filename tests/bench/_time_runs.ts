/** The shortest and the median time of a function, in µs, when it is warm. */
export async function timeRuns(
  batch: number,
  run: () => Promise<unknown>,
): Promise<{ least: number; median: number }> {
  const count = Math.max(50, Math.round(2000 / batch));
  for (let i = 0; i < count / 2; i++) await run();
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await run();
    times.push((performance.now() - start) * 1000);
  }
  times.sort((a, b) => a - b);
  return { least: times[0], median: times[count >> 1] };
}
