import { displayAs } from "../base/display.ts";
import { describe, ShapeError } from "../base/errors.ts";
import { table } from "../base/table.ts";
import { confusionTable } from "./_confusion_table.ts";

/**
 * How often each class was taken for each: `[classes, classes]`, a row for the
 * true class, a column for the predicted one. A notebook shows it as a table.
 *
 * @param predictions A class for each row of a data set.
 * @param labels Its true classes.
 * @param classes How many there are.
 * @throws {ShapeError} If there are not as many labels as predictions.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "@x/mnist-cnn/report";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(confusionMatrix([0, 1, 1], [0, 0, 1], 2), [[1, 1], [0, 1]]);
 * ```
 */
export function confusionMatrix(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number[][] {
  if (predictions.length !== labels.length) {
    throw new ShapeError(describe({
      what: "confusionMatrix",
      expected: `${predictions.length} labels, as many as predictions`,
      got: String(labels.length),
      help: "Give the labels of the rows that were predicted.",
    }));
  }
  const matrix = Array.from(
    { length: classes },
    () => new Array<number>(classes).fill(0),
  );
  for (let row = 0; row < labels.length; row++) {
    matrix[labels[row]][predictions[row]]++;
  }
  return displayAs(matrix, (matrix) => ({
    "text/plain": table([
      ["true", ...matrix.keys().map(String)],
      ...matrix.map((counts, label) => [label, ...counts].map(String)),
    ], 1),
    "text/html": confusionTable(matrix).text,
  }));
}
