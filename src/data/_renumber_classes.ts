import { DataError, describe } from "../base/errors.ts";
import type { ImageRows } from "./folder/mod.ts";

/**
 * The rows with labels as other names number the classes, those of weights: a
 * folder may hold some of the classes only, or have them in another order. Rows
 * whose classes have no names, or as many others, stay as they are.
 *
 * @param names The names of all classes.
 * @throws {DataError} If there are fewer or more classes, and other ones.
 */
export function renumberClasses(
  rows: ImageRows,
  names: readonly string[],
): ImageRows {
  const { classNames: own, firstLabel = 0, labels, labelsName } = rows;
  if (own === undefined || labels === null) return rows;
  const unknown = own.find((name) => !names.includes(name));
  if (unknown === undefined) {
    const numbers = own.map((name) => names.indexOf(name) + firstLabel);
    const renumbered = labels.map((label) =>
      numbers[label - firstLabel] ?? label
    );
    return { ...rows, labels: renumbered, classNames: names };
  }
  if (own.length === names.length) return rows;
  throw new DataError(describe({
    what: `${labelsName}: classes`,
    expected: `those of the weights: ${names.join(", ")}`,
    got: unknown,
    help: "Give data of these classes, or weights that know the others.",
  }));
}
