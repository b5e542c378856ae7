import type { Shape, Tensor } from "../core/tensor.ts";
import { batchNorm1d } from "../ops/batch_norm1d.ts";
import { BatchNorm } from "./batch_norm.ts";

/**
 * Batch normalisation layer for rows of features, and for sequences:
 * {@linkcode batchNorm1d} with learnt weight and bias, and running statistics for
 * evaluation, unless told otherwise.
 *
 * @example
 * ```ts
 * import { BatchNorm1d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new BatchNorm1d(1).to(device);
 * using x = Tensor.from(device, [1, 3], [2, 1]);
 * const [low, high] = await layer.forward(x).data();
 * assertAlmostEquals(low, -1, 1e-4);
 * assertAlmostEquals(high, 1, 1e-4);
 * ```
 *
 * @category Layers
 */
export class BatchNorm1d extends BatchNorm {
  /** `[N, channels]` or `[N, channels, L]` to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return batchNorm1d(x, this.arguments());
  }
}
