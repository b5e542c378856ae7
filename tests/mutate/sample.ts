/**
 * A sample of many groups in groups, for a seed: spread evenly, each time the
 * next group of the outer, and in it the next of the inner.
 *
 * @module
 */

import { pcg3d } from "../../kernels/lib/pcg3d.ts";

/** `count` items, or all if there are fewer; the same for the same seed. */
export function sample<T>(
  groups: readonly (readonly (readonly T[])[])[],
  count: number,
  seed: number,
): T[] {
  const orders = groups.map((group, at) =>
    inTurn(
      shuffled(group, seed, at).map((items, own) =>
        shuffled(items, seed, at * 1000 + own)
      ),
    )
  );
  return inTurn(orders).slice(0, count);
}

/** The first of each, then the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from(
    { length: longest },
    (_, at) =>
      lists.filter(({ length }) => at < length).map((list) => list[at]),
  ).flat();
}

function shuffled<T>(items: readonly T[], seed: number, stream: number): T[] {
  const keys = items.map((_, at) => pcg3d(at, seed, stream)[0]);
  return Array.from(items.keys()).sort((a, b) => keys[a] - keys[b])
    .map((at) => items[at]);
}
