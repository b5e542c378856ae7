/** Whether numbers are means, followed by as many standard deviations. */
export function isNormalization(values: readonly number[]): boolean {
  const channels = values.length / 2;
  return channels > 0 && Number.isInteger(channels) &&
    values.every(Number.isFinite) &&
    values.slice(channels).every((std) => std > 0);
}
