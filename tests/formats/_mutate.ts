/** Marsaglia's xorshift32: integers from 0 up to the bound. */
export function randomIntegers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/**
 * One to three changes: a byte replaced, by one of `text` or any, a piece cut
 * out, repeated or lost.
 */
export function mutate(
  bytes: Uint8Array<ArrayBuffer>,
  random: (bound: number) => number,
  text: string,
): Uint8Array<ArrayBuffer> {
  const likely = new TextEncoder().encode(text);
  let mutant = bytes;
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const start = random(mutant.length + 1);
    const end = Math.min(start + random(9), mutant.length);
    const piece = [
      [likely[random(likely.length)]],
      [random(256)],
      [],
      [...mutant.subarray(start, end), ...mutant.subarray(start, end)],
    ][random(4)];
    const kept = random(2) === 0 ? end : Math.min(start + 1, mutant.length);
    mutant = new Uint8Array([
      ...mutant.subarray(0, start),
      ...piece,
      ...mutant.subarray(random(50) === 0 ? mutant.length : kept),
    ]);
  }
  return mutant;
}
