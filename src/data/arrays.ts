import { countElements } from "./_checks.ts";
import type { ArrayDataset, Dataset, DatasetItem } from "./dataset.ts";
import { layoutOf } from "./layout.ts";

/** The rows of a data set in arrays, or null where they are given one by one. */
export function arraysOf(dataset: Dataset): ArrayDataset | null {
  if ("inputs" in dataset) return dataset;
  return dataset.arrays?.() ?? null;
}

/** The item of an index, which may be a promise. */
export function itemOf(
  dataset: Dataset,
  index: number,
): DatasetItem | Promise<DatasetItem> {
  return "inputs" in dataset ? arrayItem(dataset, index) : dataset.get(index);
}

/** A row and its target as parts of the arrays; a single number as it is. */
export function arrayItem(dataset: ArrayDataset, index: number): DatasetItem {
  const { inputs, targets } = dataset;
  const { rowShape, targetShape } = layoutOf(dataset);
  return [
    rowOf(inputs.data, rowShape, index),
    rowOf(targets.data, targetShape, index),
  ];
}

/** A copy of some rows, in the order of their indices. */
export function pickRows(
  dataset: ArrayDataset,
  indices: ArrayLike<number>,
): ArrayDataset {
  const { inputs, targets } = dataset;
  const { rowShape, targetShape } = layoutOf(dataset);
  return {
    length: indices.length,
    inputs: { ...inputs, data: pick(inputs.data, rowShape, indices) },
    targets: { ...targets, data: pick(targets.data, targetShape, indices) },
  };
}

type Values = Uint8Array | Int32Array | Float32Array;

function rowOf(data: Values, shape: readonly number[], index: number) {
  const length = countElements(shape);
  if (shape.length === 0) return data[index];
  return data.subarray(index * length, (index + 1) * length);
}

function pick<T extends Values>(
  data: T,
  shape: readonly number[],
  indices: ArrayLike<number>,
): T {
  const length = countElements(shape);
  const picked = new (data.constructor as new (length: number) => T)(
    indices.length * length,
  );
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i] * length;
    picked.set(data.subarray(start, start + length), i * length);
  }
  return picked;
}
