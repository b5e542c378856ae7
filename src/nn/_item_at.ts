import { describe } from "../base/errors.ts";

/**
 * The item of a list of modules at an index, from −1 backwards from the end.
 *
 * @param name The list's class, for errors.
 * @throws {RangeError} If there is none.
 */
export function itemAt<M>(
  name: string,
  items: readonly M[],
  index: number,
): M {
  const found = items.at(index);
  if (found !== undefined && Number.isInteger(index)) return found;
  const { length } = items;
  throw new RangeError(describe({
    what: `${name}: index`,
    expected: length === 0
      ? "a list with modules"
      : `a whole number from ${-length} to ${length - 1}`,
    got: String(index),
    help: "`length` is the number of modules.",
  }));
}
