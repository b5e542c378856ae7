import { printAs, printAsText } from "../base/printing.ts";
import { checkCount, checkIndex, countElements } from "./_checks.ts";
import { datasetText } from "./_dataset_text.ts";
import { arraysOf, itemOf, pickRows } from "./arrays.ts";
import type {
  ArrayDataset,
  Dataset,
  DatasetItem,
  ItemDataset,
} from "./dataset.ts";
import { layoutOf } from "./layout.ts";

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
 *
 * @category Data
 */
export function take(dataset: ArrayDataset, count: number): ArrayDataset;
/** The first items of a data set that gives them one by one. */
export function take(dataset: Dataset, count: number): Dataset;
export function take(dataset: Dataset, count: number): Dataset {
  checkCount("take: count", count);
  const length = Math.min(count, dataset.length);
  if (!("inputs" in dataset)) {
    return new Subset(dataset, Array.from({ length }, (_, index) => index));
  }
  const { inputs, targets } = dataset;
  const { rowShape, targetShape } = layoutOf(dataset);
  const elements = length * countElements(rowShape);
  const numbers = length * countElements(targetShape);
  const first: ArrayDataset = {
    length,
    inputs: { ...inputs, data: inputs.data.subarray(0, elements) },
    targets: { ...targets, data: targets.data.subarray(0, numbers) },
  };
  return printAs(first, () => datasetText("Subset", first));
}

/**
 * The rows of a data set that some indices name, in their order, as PyTorch's
 * `Subset`.
 *
 * @example
 * ```ts
 * import { Subset, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const points = new Float32Array([10, 11, 12]);
 * const options = { rowShape: [1], classes: 3 };
 * const whole = new TensorDataset(points, [0, 1, 2], options);
 * const part = new Subset(whole, [2, 0]);
 * assertEquals([part.length, part.get(0)], [2, [new Float32Array([12]), 2]]);
 * ```
 *
 * @category Data
 */
export class Subset implements ItemDataset {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** The whole. */
  readonly dataset: Dataset;
  /** Which of its rows. */
  readonly indices: ArrayLike<number>;
  readonly length: number;
  readonly rowShape: readonly number[];
  readonly targetShape: readonly number[];
  readonly classes: number | undefined;
  readonly classNames: readonly string[] | undefined;
  readonly divisor: number;

  /**
   * Checks and keeps the arguments.
   *
   * @throws {RangeError} If there is no index, or one names no row.
   */
  constructor(dataset: Dataset, indices: ArrayLike<number>) {
    const { length } = indices;
    checkCount("Subset: number of indices", length);
    for (let i = 0; i < length; i++) {
      checkIndex("Subset: index", indices[i], dataset.length);
    }
    const { classes, classNames, divisor, rowShape, targetShape } = layoutOf(
      dataset,
    );
    this.dataset = dataset;
    this.indices = indices;
    this.length = length;
    this.rowShape = rowShape;
    this.targetShape = targetShape;
    this.classes = classes;
    this.classNames = classNames;
    this.divisor = divisor;
  }

  /** The item of the whole that `indices[index]` names. */
  get(index: number): DatasetItem | Promise<DatasetItem> {
    checkIndex("Subset.get: index", index, this.length);
    return itemOf(this.dataset, this.indices[index]);
  }

  /** The rows, copied, where the whole lies in arrays; else null. */
  arrays(): ArrayDataset | null {
    const arrays = arraysOf(this.dataset);
    return arrays === null ? null : pickRows(arrays, this.indices);
  }

  /** Rows, shape of a row and classes, as torchvision prints a data set. */
  toString(): string {
    return datasetText("Subset", this);
  }
}
