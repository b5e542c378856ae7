import { elementsOf, type Shape, type Tensor } from "../core/tensor.ts";
import { checkDType, checkShape, shapeError, text } from "./check.ts";
import { normaliseGroups } from "./_group_norm.ts";

/**
 * Layer normalisation over the last axes: `(x − mean) / √(variance + eps)`, mean
 * and biased variance of those, then scaled and shifted element by element (Ba,
 * Kiros and Hinton, 2016).
 *
 * @param x Any shape that ends with `normalizedShape`.
 * @param normalizedShape Sizes of the last axes, one number for the last one.
 * @param weight Factors, of this shape; null or left out for none.
 * @param bias Summands, of this shape; null or left out for none.
 * @param eps Added to the variance. Default 1e-5.
 * @returns The shape of `x`.
 * @throws {ShapeError} If the shapes do not fit.
 *
 * @example
 * ```ts
 * import { layerNorm, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 3, 10, 30], [2, 2]);
 * using y = layerNorm(x, 2);
 * const [low, high, lower] = await y.data();
 * assertAlmostEquals(low, -1, 1e-4);
 * assertAlmostEquals(high, 1, 1e-4);
 * assertAlmostEquals(lower, -1, 1e-4);
 * ```
 *
 * @category Operations of layers
 */
export function layerNorm<S extends Shape>(
  x: Tensor<S>,
  normalizedShape: number | readonly number[],
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
): Tensor<S> {
  checkDType("layerNorm", "input", x);
  const last = typeof normalizedShape === "number"
    ? [normalizedShape]
    : normalizedShape;
  const first = x.shape.length - last.length;
  const isLast = last.length > 0 && first >= 0 &&
    last.every((size, axis) => x.shape[first + axis] === size);
  if (!isLast) {
    throw shapeError(
      "layerNorm: input",
      `a shape that ends with normalizedShape ${text(last)}`,
      text(x.shape),
      "Give the sizes of the last axes.",
    );
  }
  for (const [name, tensor] of Object.entries({ weight, bias })) {
    if (tensor === null) continue;
    checkShape("layerNorm", name, tensor.shape, last, ["input", x.shape]);
  }
  const channels = elementsOf(last);
  const batch = x.length / channels;
  const shape = { batch, groups: 1, channels, area: 1, eps };
  return normaliseGroups(x, weight, bias, shape);
}
