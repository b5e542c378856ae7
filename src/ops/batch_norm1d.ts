import type { Shape, Tensor } from "../core/tensor.ts";
import { batchNorm, type BatchNormOptions } from "./batch_norm.ts";
import { shapeError, text } from "./check.ts";

/**
 * Batch normalisation of each column of a matrix, or of each channel of
 * sequences: {@linkcode batchNorm2d} of other shapes.
 *
 * @param x `[N, C]` or `[N, C, L]`.
 * @param options Parameters and statistics.
 * @returns The shape of `x`.
 * @throws {ShapeError} If the shapes do not fit, or training has one value a channel.
 * @throws {TypeError} If evaluation has no running statistics, a momentum of null
 * no count of batches, or there is an option of another name.
 *
 * @example
 * ```ts
 * import { batchNorm1d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 3], [2, 1]);
 * using y = batchNorm1d(x, { training: true });
 * const [low, high] = await y.data();
 * assertAlmostEquals(low, -1, 1e-4);
 * assertAlmostEquals(high, 1, 1e-4);
 * ```
 *
 * @category Operations of layers
 */
export function batchNorm1d<S extends Shape>(
  x: Tensor<S>,
  options: BatchNormOptions,
): Tensor<S> {
  const { shape } = x;
  if (shape.length !== 2 && shape.length !== 3) {
    throw shapeError(
      "batchNorm1d: input",
      "2 or 3 dimensions [N, C] or [N, C, L]",
      text(shape),
      "Use batchNorm2d for images, or reshape it.",
    );
  }
  const [batch, channels, area = 1] = shape;
  const size = { batch, channels, area };
  return batchNorm(x, { name: "batchNorm1d", ...size }, options);
}
