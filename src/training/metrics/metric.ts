import type { AnyTensor, Tensor } from "../../core/tensor.ts";

/**
 * A number that tells how good a model is. It is computed on the device, from
 * sums over the batches of an epoch.
 *
 * @example A metric of your own: the root of the mean squared error
 * ```ts
 * import { type metrics, square, sub, sum } from "@x/mnist-cnn";
 *
 * const rootMeanSquare: metrics.Metric = {
 *   name: "rmse",
 *   sums: (output, targets) => sum(square(sub(output, targets))),
 *   value: ([squares], rows) => Math.sqrt(squares / rows),
 * };
 * ```
 */
export interface Metric {
  /** Its name in `history`. */
  readonly name: string;
  /**
   * The sums of a batch: f32, in a shape that is the same for every batch. The
   * function is captured, so that it must do nothing but call operations.
   *
   * @param output Of the model, `[N, …]`.
   * @param targets i32 where they are labels, else f32.
   */
  sums(output: Tensor, targets: AnyTensor): Tensor;
  /**
   * The value of an epoch.
   *
   * @param sums Those of all batches, added up.
   * @param rows Rows of the epoch.
   */
  value(sums: Float32Array, rows: number): number;
}
