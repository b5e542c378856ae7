import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { printAsText } from "../base/printing.ts";
import {
  checkCount,
  checkIndex,
  checkLabels,
  countElements,
} from "./_checks.ts";
import { datasetText } from "./_dataset_text.ts";
import { arrayItem } from "./arrays.ts";
import { checkRows } from "./layout.ts";
import type {
  ArrayDataset,
  DatasetInputs,
  DatasetItem,
  DatasetTargets,
} from "./dataset.ts";

/**
 * Options of {@linkcode TensorDataset}.
 *
 * @category Data
 */
export interface TensorDatasetOptions {
  /** Shape of a row: `[channels, height, width]` for images. */
  rowShape: readonly number[];
  /**
   * How many classes there are, for targets that are labels. Default: the
   * targets are numbers, f32.
   */
  classes?: number;
  /** Shape of a row's target. Default `[]`, one number. */
  targetShape?: readonly number[];
  /** The divisor of inputs in a batch; default 1, 255 for pixels. */
  divisor?: number;
}

/** Targets as a program has them. */
type GivenTargets =
  | Uint8Array
  | Int32Array
  | Float32Array
  | readonly number[];

/**
 * A data set made of arrays.
 *
 * @example Labels
 * ```ts
 * import { TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const points = new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]);
 * const dataset = new TensorDataset(points, [0, 1, 1, 0], {
 *   rowShape: [2],
 *   classes: 2,
 * });
 * assertEquals(dataset.length, 4);
 * assertEquals(dataset.get(1), [new Float32Array([0, 1]), 1]);
 * ```
 *
 * @example Numbers to regress
 * ```ts
 * import { TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([0, 1, 2]);
 * const y = x.map((value) => 3 * value + 1);
 * const line = new TensorDataset(x, y, { rowShape: [1], targetShape: [1] });
 * assertEquals(line.get(2), [new Float32Array([2]), new Float32Array([7])]);
 * ```
 *
 * @category Data
 */
export class TensorDataset implements ArrayDataset {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  readonly length: number;
  readonly inputs: DatasetInputs;
  readonly targets: DatasetTargets;

  /**
   * Checks that rows and targets fit each other.
   *
   * @param inputs All rows, one after another; typed arrays are not copied.
   * @param targets The target of each row; typed arrays are not copied.
   * @throws {ShapeError} If there are not as many rows as targets, or none.
   * @throws {RangeError} If a label is no integer from 0 to `classes − 1`, or an
   * option is out of its range.
   * @throws {TypeError} If inputs are neither bytes nor numbers, or targets are
   * integers and `classes` is missing.
   */
  constructor(
    inputs: Uint8Array | Float32Array | readonly number[],
    targets: GivenTargets,
    options: TensorDatasetOptions,
  ) {
    const names = ["rowShape", "classes", "targetShape", "divisor"] as const;
    checkOptions("TensorDataset", options, names, ["rowShape"]);
    const { rowShape, classes, divisor = 1, targetShape = [] } = options;
    if (classes !== undefined) checkCount("TensorDataset: classes", classes);
    checkDivisor(divisor);
    const rows = targets.length / countElements(targetShape);
    const layout = { rowShape, targetShape };
    checkRows("TensorDataset", layout, inputs.length, targets.length);
    const data = classes === undefined
      ? numbersOf(
        "targets without classes",
        targets,
        "Give the number of classes if they are labels.",
      )
      : labelsOf(targets, classes);
    this.length = rows;
    this.inputs = {
      data: inputs instanceof Uint8Array
        ? inputs
        : numbersOf("inputs", inputs, "Of a tensor give `await x.data()`."),
      rowShape: [...rowShape],
      divisor,
    };
    this.targets = {
      data,
      ...(classes === undefined ? {} : { classes }),
      ...(targetShape.length === 0 ? {} : { rowShape: [...targetShape] }),
    };
  }

  /** A row and its target: parts of the arrays, or single numbers. */
  get(index: number): DatasetItem {
    checkIndex("TensorDataset.get: index", index, this.length);
    return arrayItem(this, index);
  }

  /** Rows, shape of a row and classes, as torchvision prints a data set. */
  toString(): string {
    return datasetText("TensorDataset", this);
  }
}

function labelsOf(targets: GivenTargets, classes: number) {
  checkLabels("TensorDataset", targets, classes);
  return targets instanceof Uint8Array || targets instanceof Int32Array
    ? targets
    : Int32Array.from(targets);
}

function numbersOf(
  what: string,
  values: GivenTargets,
  help: string,
): Float32Array {
  if (values instanceof Float32Array) return values;
  if (Array.isArray(values)) return Float32Array.from(values);
  throw new TypeError(describe({
    what: `TensorDataset: ${what}`,
    expected: "numbers, in a Float32Array or an array",
    got: `a ${values.constructor.name}`,
    help,
  }));
}

function checkDivisor(divisor: number): void {
  if (Number.isFinite(divisor) && divisor !== 0) return;
  throw new RangeError(describe({
    what: "TensorDataset: divisor",
    expected: "a finite number other than 0",
    got: `${divisor}`,
    help: "Give 255 for bytes, or leave it out.",
  }));
}
