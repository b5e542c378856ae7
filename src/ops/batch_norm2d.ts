import type { Tensor } from "../core/tensor.ts";
import { batchNorm, type BatchNormOptions } from "./batch_norm.ts";
import { checkRank } from "./check.ts";

/**
 * Batch normalisation of each channel over batch, rows and columns:
 * `(x − mean) / √(variance + eps) · weight + bias` (Ioffe and Szegedy, 2015).
 *
 * In training, mean and biased variance are the batch's, and the running
 * statistics, if there are any, move towards them; otherwise they are the running
 * statistics.
 *
 * @param x `[N, C, H, W]`.
 * @param options Parameters and statistics.
 * @returns `[N, C, H, W]`.
 * @throws {ShapeError} If the shapes do not fit, or training has one value a channel.
 * @throws {TypeError} If evaluation has no running statistics, a momentum of null
 * no count of batches, or there is an option of another name.
 *
 * @example
 * ```ts
 * import { batchNorm2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using zero = Tensor.from(device, [0], [1]);
 * using one = Tensor.from(device, [1], [1]);
 * using x = Tensor.from(device, [4], [1, 1, 1, 1]);
 * using y = batchNorm2d(x, {
 *   weight: one,
 *   bias: zero,
 *   runningMean: one,
 *   runningVar: one,
 *   training: false,
 * });
 * assertAlmostEquals(await y.item(), 3, 1e-4);
 * ```
 *
 * @category Operations of layers
 */
export function batchNorm2d(
  x: Tensor,
  options: BatchNormOptions,
): Tensor {
  return normalise(x, options, false);
}

/** {@linkcode batchNorm2d} and a ReLU, in the same passes over memory. */
export function batchNorm2dRelu(x: Tensor, options: BatchNormOptions): Tensor {
  return normalise(x, options, true);
}

function normalise(
  x: Tensor,
  options: BatchNormOptions,
  rectifies: boolean,
): Tensor {
  checkRank("batchNorm2d", "input", x.shape, ["N", "C", "H", "W"]);
  const [batch, channels, height, width] = x.shape;
  const size = { batch, channels, area: height * width };
  return batchNorm(x, { name: "batchNorm2d", ...size }, options, rectifies);
}
