import { describe, ShapeError } from "../base/errors.ts";
import { printAsText } from "../base/printing.ts";
import { checkCount, checkIndex } from "./_checks.ts";
import { datasetText } from "./_dataset_text.ts";
import { arraysOf, itemOf } from "./arrays.ts";
import type {
  ArrayDataset,
  Dataset,
  DatasetItem,
  ItemDataset,
} from "./dataset.ts";
import { layoutOf } from "./layout.ts";

/**
 * Data sets one after another, as PyTorch's `ConcatDataset`.
 *
 * @example
 * ```ts
 * import { ConcatDataset, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = { rowShape: [1], classes: 3 };
 * const one = new TensorDataset(new Float32Array([5]), [0], rows);
 * const two = new TensorDataset(new Float32Array([6, 7]), [1, 2], rows);
 * const both = new ConcatDataset([one, two]);
 * assertEquals([both.length, both.get(2)], [3, [new Float32Array([7]), 2]]);
 * ```
 *
 * @category Data
 */
export class ConcatDataset implements ItemDataset {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** The parts. */
  readonly datasets: readonly Dataset[];
  readonly length: number;
  readonly rowShape: readonly number[];
  readonly targetShape: readonly number[];
  readonly classes: number | undefined;
  readonly classNames: readonly string[] | undefined;
  readonly divisor: number;

  /**
   * Checks and keeps the parts.
   *
   * @throws {RangeError} If there is none.
   * @throws {ShapeError} If rows, targets, classes or divisors differ.
   */
  constructor(datasets: readonly Dataset[]) {
    checkCount("ConcatDataset: number of data sets", datasets.length);
    const [first, ...others] = datasets.map(layoutOf);
    for (const [index, other] of others.entries()) {
      const [expected, got] = [first, other].map((layout) =>
        JSON.stringify(layout)
      );
      if (got !== expected) throw difference(index + 1, expected, got);
    }
    this.datasets = [...datasets];
    this.length = datasets.reduce((sum, { length }) => sum + length, 0);
    this.rowShape = first.rowShape;
    this.targetShape = first.targetShape;
    this.classes = first.classes;
    this.classNames = first.classNames;
    this.divisor = first.divisor;
  }

  /** The item of an index, counted through all parts. */
  get(index: number): DatasetItem | Promise<DatasetItem> {
    checkIndex("ConcatDataset: index", index, this.length);
    let part = 0;
    let place = index;
    while (place >= this.datasets[part].length) {
      place -= this.datasets[part++].length;
    }
    return itemOf(this.datasets[part], place);
  }

  /** The rows, copied, where all parts lie in arrays; else null. */
  arrays(): ArrayDataset | null {
    const parts: ArrayDataset[] = [];
    for (const dataset of this.datasets) {
      const arrays = arraysOf(dataset);
      if (arrays === null) return null;
      parts.push(arrays);
    }
    const [{ inputs, targets }] = parts;
    const rows = parts.map(({ inputs }) => inputs.data);
    const answers = parts.map(({ targets }) => targets.data);
    const areBytes = rows.every((data) => data instanceof Uint8Array);
    const sizeOf = (parts: readonly ArrayLike<number>[]) =>
      parts.reduce((sum, { length }) => sum + length, 0);
    const [size, numbers] = [sizeOf(rows), sizeOf(answers)];
    const all = areBytes ? new Uint8Array(size) : new Float32Array(size);
    const allAnswers = this.classes === undefined
      ? new Float32Array(numbers)
      : new Int32Array(numbers);
    return {
      length: this.length,
      inputs: { ...inputs, data: join(rows, all) },
      targets: { ...targets, data: join(answers, allAnswers) },
    };
  }

  /** Rows, shape of a row and classes, as torchvision prints a data set. */
  toString(): string {
    return datasetText("ConcatDataset", this);
  }
}

function difference(index: number, expected: string, got: string): ShapeError {
  return new ShapeError(describe({
    what: `ConcatDataset: data set ${index}`,
    expected: `rows and targets as in the first, ${expected}`,
    got,
    help: "Bring all data sets into one layout first.",
  }));
}

function join<T extends Uint8Array | Int32Array | Float32Array>(
  parts: readonly ArrayLike<number>[],
  all: T,
): T {
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
