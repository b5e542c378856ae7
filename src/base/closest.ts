/**
 * The candidate that takes the fewest insertions, deletions and replacements
 * to become `word` (Levenshtein's distance), in capitals or not; or null where
 * none is like it: where more than a third of its letters would change.
 */
export function closest(
  word: string,
  candidates: readonly string[],
): string | null {
  const lower = word.toLowerCase();
  const near = candidates
    .map((candidate) => ({
      candidate,
      edits: distance(lower, candidate.toLowerCase()),
    }))
    .filter(({ candidate, edits }) => edits <= Math.ceil(candidate.length / 3))
    .toSorted((left, right) => left.edits - right.edits);
  return near[0]?.candidate ?? null;
}

function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 0; i < left.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < right.length; j++) {
      const replaced = row[j] + (left[i] === right[j] ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1] + 1, next[j] + 1));
    }
    row = next;
  }
  return row[right.length];
}
