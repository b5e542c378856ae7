import { describe } from "../base/errors.ts";
import { printAs } from "../base/printing.ts";
import { checkCount, countElements } from "./_checks.ts";
import { datasetText } from "./_dataset_text.ts";
import type { Dataset } from "./dataset.ts";

/**
 * The first rows of a data set, or all of it where it has no more. Shares its
 * memory.
 *
 * @throws {RangeError} If `count` is no integer of at least 1.
 *
 * @example
 * ```ts
 * import { take, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { rowShape: [1], classes: 3 };
 * const whole = new TensorDataset(new Float32Array(3), [0, 1, 2], options);
 * assertEquals(take(whole, 2).targets.data, new Int32Array([0, 1]));
 * ```
 */
export function take(dataset: Dataset, count: number): Dataset {
  checkCount("take: count", count);
  const length = Math.min(count, dataset.length);
  const { inputs, targets } = dataset;
  const elements = length * countElements(inputs.rowShape);
  return subsetOf({
    length,
    inputs: { ...inputs, data: inputs.data.subarray(0, elements) },
    targets: { ...targets, data: targets.data.subarray(0, length) },
  });
}

/**
 * The rows of a data set that `indices` names, in that order, copied: the two
 * parts of a random split, for instance.
 *
 * @throws {RangeError} If there is no index, or one names no row.
 *
 * @example
 * ```ts
 * import { RandomGenerator, subset, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { rowShape: [1], classes: 3 };
 * const whole = new TensorDataset(new Float32Array(3), [0, 1, 2], options);
 * const order = new RandomGenerator(0).permutation(whole.length);
 * const train = subset(whole, order.subarray(0, 2));
 * const validation = subset(whole, order.subarray(2));
 * assertEquals([train.length, validation.length], [2, 1]);
 * ```
 */
export function subset(
  dataset: Dataset,
  indices: ArrayLike<number>,
): Dataset {
  const { inputs, targets } = dataset;
  checkCount("subset: number of indices", indices.length);
  const rowLength = countElements(inputs.rowShape);
  const rows = emptyLike(inputs.data, indices.length * rowLength);
  const labels = emptyLike(targets.data, indices.length);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i];
    checkRow(row, dataset.length);
    const start = row * rowLength;
    rows.set(inputs.data.subarray(start, start + rowLength), i * rowLength);
    labels[i] = targets.data[row];
  }
  return subsetOf({
    length: indices.length,
    inputs: { ...inputs, data: rows },
    targets: { ...targets, data: labels },
  });
}

function subsetOf(dataset: Dataset): Dataset {
  return printAs(dataset, () => datasetText("Subset", dataset));
}

function emptyLike<T extends Uint8Array | Int32Array | Float32Array>(
  array: T,
  length: number,
): T {
  return new (array.constructor as new (length: number) => T)(length);
}

function checkRow(row: number, length: number): void {
  if (Number.isInteger(row) && row >= 0 && row < length) return;
  throw new RangeError(describe({
    what: "subset: index",
    expected: `an integer from 0 to ${length - 1}`,
    got: `${row}`,
    help: "Give indices of rows that the data set has.",
  }));
}
