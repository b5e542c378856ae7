import { describe, ShapeError } from "../base/errors.ts";
import { printAsText } from "../base/printing.ts";
import { checkCount, checkLabels, countElements } from "./_checks.ts";
import { datasetText } from "./_dataset_text.ts";
import type { Dataset, DatasetInputs, DatasetTargets } from "./dataset.ts";

/** Options of {@linkcode TensorDataset}. */
export interface TensorDatasetOptions {
  /** Shape of a row: `[channels, height, width]` for images. */
  rowShape: readonly number[];
  /** How many classes there are. */
  classes: number;
  /** The divisor of inputs in a batch; default 1, 255 for pixels. */
  divisor?: number;
}

/**
 * A data set made of arrays.
 *
 * @example
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
 * ```
 */
export class TensorDataset implements Dataset {
  static {
    printAsText(this.prototype);
  }

  readonly length: number;
  readonly inputs: DatasetInputs;
  readonly targets: DatasetTargets;

  /**
   * Checks that rows and labels fit each other.
   *
   * @param inputs All rows, one after another; not copied.
   * @param targets The label of each row; typed arrays are not copied.
   * @throws {ShapeError} If there are not as many rows as labels, or none.
   * @throws {RangeError} If a label is no integer from 0 to `classes − 1`, or an
   * option is out of its range.
   */
  constructor(
    inputs: Uint8Array | Float32Array,
    targets: Uint8Array | Int32Array | readonly number[],
    options: TensorDatasetOptions,
  ) {
    const { rowShape, classes, divisor = 1 } = options;
    checkCount("TensorDataset: classes", classes);
    checkDivisor(divisor);
    const rowLength = countElements(rowShape);
    if (targets.length === 0 || inputs.length !== targets.length * rowLength) {
      throw new ShapeError(describe({
        what: "TensorDataset: inputs do not fit the targets",
        expected: `at least 1 label, and ${rowLength} inputs of a row [${
          rowShape.join(", ")
        }] for each`,
        got: `${targets.length} labels, ${inputs.length} inputs`,
        help: "Give one label for each row, and the shape of one row.",
      }));
    }
    checkLabels("TensorDataset", targets, classes);
    this.length = targets.length;
    this.inputs = { data: inputs, rowShape: [...rowShape], divisor };
    this.targets = {
      data: isTyped(targets) ? targets : Int32Array.from(targets),
      classes,
    };
  }

  /** Rows, shape of a row and classes, as torchvision prints a data set. */
  toString(): string {
    return datasetText("TensorDataset", this);
  }
}

function isTyped(
  targets: Uint8Array | Int32Array | readonly number[],
): targets is Uint8Array | Int32Array {
  return ArrayBuffer.isView(targets);
}

function checkDivisor(divisor: number): void {
  if (Number.isFinite(divisor) && divisor !== 0) return;
  throw new RangeError(describe({
    what: "TensorDataset: divisor",
    expected: "a finite number other than 0",
    got: `${divisor}`,
    help: "Give 255 for pixels of one byte, 1 for values to leave as they are.",
  }));
}
