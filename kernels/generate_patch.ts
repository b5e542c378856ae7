/** The difference of two byte sequences: see `lib/patch.ts`, which applies it. */

/** Fewer equal bytes are not worth a step. */
const leastCopied = 6;

/** So many places of the source are tried for a copy. */
const mostTried = 200;

/** The steps that make `target` of `source`. */
export function makePatch(source: Uint8Array, target: Uint8Array): Uint8Array {
  const places = Map.groupBy(
    Array.from(
      { length: Math.max(source.length, leastCopied) - leastCopied },
      (_, at) => at,
    ),
    (at) => windowAt(source, at),
  );
  const patch: number[] = [];
  let own: number[] = [];
  let expected = 0;
  const step = (from: number, length: number) => {
    const ahead = from - expected;
    patch.push(...leb(own.length), ...own);
    patch.push(...leb(ahead < 0 ? -2 * ahead - 1 : 2 * ahead), ...leb(length));
    expected = from + length;
    own = [];
  };
  let at = 0;
  while (at < target.length) {
    const tried = (places.get(windowAt(target, at)) ?? []).slice(0, mostTried);
    const [from, length] = longest(source, target, at, [expected, ...tried]);
    if (length < leastCopied) {
      own.push(target[at++]);
    } else {
      step(from, length);
      at += length;
    }
  }
  if (own.length > 0) step(expected, 0);
  return Uint8Array.from(patch);
}

/** Some bytes as a key. */
function windowAt(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + leastCopied).join();
}

/** The place among these that has most bytes in common, the first of equals. */
function longest(
  source: Uint8Array,
  target: Uint8Array,
  at: number,
  tried: readonly number[],
): readonly [from: number, length: number] {
  let best: readonly [number, number] = [0, 0];
  for (const from of tried) {
    let length = 0;
    while (
      at + length < target.length && from + length < source.length &&
      source[from + length] === target[at + length]
    ) length++;
    if (length > best[1]) best = [from, length];
  }
  return best;
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value >>>= 7) bytes.push(value & 127 | 128);
  return [...bytes, value];
}
