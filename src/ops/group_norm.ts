import { describe } from "../base/errors.ts";
import { elementsOf, type Shape, type Tensor } from "../core/tensor.ts";
import {
  checkDType,
  checkShape,
  checkWhole,
  shapeError,
  text,
} from "./check.ts";
import { normaliseGroups } from "./_group_norm.ts";

/**
 * Group normalisation: the channels are split into groups, and each group of each
 * image is normalised by its own mean and variance,
 * `(x − mean) / √(variance + eps)`; then each channel is scaled and shifted (Wu
 * and He, 2018).
 *
 * @param x `[N, C, …]`.
 * @param numGroups Groups, which divide C.
 * @param weight Factor of each channel, `[C]`; null or left out for none.
 * @param bias Summand of each channel, `[C]`; null or left out for none.
 * @param eps Added to the variance. Default 1e-5.
 * @returns The shape of `x`.
 * @throws {ShapeError} If the shapes do not fit, or each group is one value of one
 * image.
 * @throws {RangeError} If the channels cannot be split so.
 *
 * @example
 * ```ts
 * import { groupNorm, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 3, 10, 30], [1, 4]);
 * using y = groupNorm(x, 2);
 * const [low, high, lower] = await y.data();
 * assertAlmostEquals(low, -1, 1e-4);
 * assertAlmostEquals(high, 1, 1e-4);
 * assertAlmostEquals(lower, -1, 1e-4);
 * ```
 *
 * @category Operations of layers
 */
export function groupNorm<S extends Shape>(
  x: Tensor<S>,
  numGroups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
): Tensor<S> {
  checkDType("groupNorm", "input", x);
  const { shape } = x;
  if (shape.length < 2) {
    throw shapeError(
      "groupNorm: input",
      "at least 2 dimensions [N, C, …]",
      text(shape),
      "Reshape it, or add a batch dimension of 1.",
    );
  }
  const [batch, channels, ...rest] = shape;
  for (const [name, tensor] of Object.entries({ weight, bias })) {
    if (tensor === null) continue;
    checkShape("groupNorm", name, tensor.shape, [channels], ["input", shape]);
  }
  checkGroups("groupNorm", numGroups, channels);
  const area = elementsOf(rest);
  if (batch * channels * area === numGroups) {
    throw shapeError(
      "groupNorm",
      "more than one value per group",
      `an input of ${text(shape)} in ${numGroups} groups`,
      "Use fewer groups.",
    );
  }
  return normaliseGroups(x, weight, bias, {
    batch,
    groups: numGroups,
    channels: channels / numGroups,
    area,
    eps,
  });
}

/** Throws unless channels can be split into so many groups. */
export function checkGroups(
  name: string,
  groups: number,
  channels: number,
): void {
  checkWhole(name, "numGroups", [groups], 1);
  if (channels % groups === 0) return;
  throw new RangeError(describe({
    what: `${name}: numGroups`,
    expected: `a divisor of the ${channels} channels`,
    got: String(groups),
    help: "All groups have the same number of channels.",
  }));
}
