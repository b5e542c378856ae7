/** Whether a number can be a label: a whole one of 32 bits. */
export function isLabel(value: number): boolean {
  return (value | 0) === value;
}

/** Labels as bytes where they fit. */
export function labelArray(
  labels: readonly number[],
): Uint8Array | Int32Array {
  const areBytes = labels.every((label) => label >= 0 && label <= 255);
  return areBytes ? Uint8Array.from(labels) : Int32Array.from(labels);
}
