import { type AdapterTraits, call, type WebGpuSteps } from "../kernel.ts";
import { linearForward, linearGradient } from "../linear/linear.ts";
import { asLinear } from "./as_linear.ts";
import type {
  Conv2dShape,
  ForwardOperands,
  InputGradientOperands,
  WeightGradientOperands,
} from "./shape.ts";

// Convolutions that are linear layers run as these on processors; null for others.
// They stand before `tiled`, where `llvmpipe` leaves them, and not in `llvmpipe`, so
// that a page on a GPU has linear layers in one file with its program.

/** The convolution. */
export function forward(
  operands: ForwardOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps | null {
  const layer = layerOf(shape, adapter);
  if (layer === null) return null;
  return [call(linearForward, operands, layer)];
}

/** The gradient with respect to x; a bias is for transposed convolutions. */
export function inputGradient(
  operands: InputGradientOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps | null {
  const layer = layerOf(shape, adapter);
  if (layer === null || operands.bias !== null) return null;
  const { gradOutput, gradX, weight } = operands;
  const none = { gradWeight: null, gradBias: null };
  // No x is needed for this gradient alone.
  const given = { gradOutput, x: weight, weight, gradX, ...none };
  return [call(linearGradient, given, layer)];
}

/** The gradient with respect to the weight. */
export function weightGradient(
  operands: WeightGradientOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps | null {
  const layer = layerOf(shape, adapter);
  if (layer === null) return null;
  const { gradOutput, gradWeight, x } = operands;
  const none = { gradX: null, gradBias: null };
  // No weight is needed for this gradient alone.
  const given = { gradOutput, x, weight: x, gradWeight, ...none };
  return [call(linearGradient, given, layer)];
}

function layerOf(shape: Conv2dShape, { isSoftware }: AdapterTraits) {
  return isSoftware ? asLinear(shape) : null;
}
