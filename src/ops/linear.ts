import {
  linearForward,
  linearGradient,
  type LinearShape,
} from "../../kernels/linear/linear.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import {
  checkDType,
  checkRank,
  checkShape,
  shapeError,
  text,
} from "./check.ts";

/** The shape rule of {@linkcode linear}. */
export function linearShape(x: Shape, weight: Shape): LinearShape {
  checkRank("linear", "input", x, ["N", "features"]);
  checkRank("linear", "weight", weight, ["outFeatures", "inFeatures"]);
  const [batch, features] = x;
  const [outFeatures, inFeatures] = weight;
  if (features === inFeatures) return { batch, inFeatures, outFeatures };
  throw shapeError(
    `linear: input ${text(x)} and weight ${text(weight)}`,
    `an input of ${inFeatures} features`,
    String(features),
    "inFeatures must be channels · height · width of what comes before.",
  );
}

/**
 * `x · weightᵀ + bias`.
 *
 * @param x `[N, inFeatures]`.
 * @param weight `[outFeatures, inFeatures]`.
 * @param bias `[outFeatures]`, or null for none.
 * @returns `[N, outFeatures]`.
 * @throws {ShapeError} If the shapes do not fit each other.
 *
 * @example
 * ```ts
 * import { linear, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2], [1, 2]);
 * using weight = Tensor.from(device, [3, 4, 5, 6], [2, 2]);
 * using y = linear(x, weight, null);
 * assertEquals(await y.data(), new Float32Array([11, 17]));
 * ```
 *
 * @category Operations of layers
 */
export function linear(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
): Tensor {
  checkDType("linear", "input", x);
  const shape = linearShape(x.shape, weight.shape);
  const { batch, outFeatures } = shape;
  if (bias !== null) {
    const beside = ["weight", weight.shape] as const;
    checkShape("linear", "bias", bias.shape, [outFeatures], beside);
  }
  const size: [number, number] = [batch, outFeatures];
  const output = Tensor.empty(x.device, size);
  x.device.run(linearForward, { x, weight, bias, output }, shape);
  return record(
    output,
    [x, weight, bias],
    (gradOutput, [gradX, gradWeight, gradBias]) => {
      const wanted = { gradX, gradWeight, gradBias };
      const operands = { gradOutput, x, weight, ...wanted };
      x.device.run(linearGradient, operands, shape);
    },
  );
}
