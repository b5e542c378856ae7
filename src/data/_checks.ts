import { optionText } from "../base/help.ts";
import { describe } from "../base/errors.ts";
import { checkShape, elementsOf } from "../core/shape.ts";

/** Throws unless `value` is an integer of at least 1. */
export function checkCount(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(describe({
    what,
    expected: "an integer of at least 1",
    got: `${value}`,
    help: "Give a whole number above 0.",
  }));
}

/** Throws unless every label is one of `classes` integers from `first` on. */
export function checkLabels(
  what: string,
  labels: ArrayLike<number>,
  classes: number,
  first = 0,
): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (Number.isInteger(label) && label >= first && label < first + classes) {
      continue;
    }
    throw new RangeError(describe({
      what: `${what}: label of row ${row}`,
      expected: `an integer from ${first} to ${first + classes - 1}`,
      got: `${label}`,
      help: `Give the number of classes (${optionText("classes")}), and the ` +
        `first if it is not 0 (${optionText("first-label")}), or mend them.`,
    }));
  }
}

/**
 * How many elements a row of this shape has.
 *
 * @throws {ShapeError} If it is no shape: an item's is not stated, or a size is
 * below 1.
 */
export function countElements(rowShape: readonly number[]): number {
  checkShape("a data set's rows or targets", rowShape);
  return elementsOf(rowShape);
}

/** Throws unless `index` is one of so many rows. */
export function checkIndex(what: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new RangeError(describe({
    what,
    expected: `an integer from 0 to ${length - 1}`,
    got: `${index}`,
    help: "Give the index of a row that the data set has.",
  }));
}
