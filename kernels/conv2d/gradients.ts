import { conv2dInputGradient, conv2dWeightGradient } from "./conv2d.ts";
import type { Conv2dShape } from "./shape.ts";
import { type AnyKernelCall, call, kernel, type Operand } from "../kernel.ts";
import * as winograd from "./winograd/wasm.ts";

/** The operands of the gradients of a convolution. */
export interface ConvolutionGradientOperands {
  readonly gradOutput: Operand;
  readonly x: Operand;
  readonly weight: Operand;
  /** Null where this gradient is not wanted. */
  readonly gradX: Operand | null;
  /** Null where this gradient is not wanted. */
  readonly gradWeight: Operand | null;
}

/** The gradients of a convolution that are wanted. */
export function convolutionGradients(
  { gradOutput, gradWeight, gradX, weight, x }: ConvolutionGradientOperands,
  shape: Conv2dShape,
): AnyKernelCall[] {
  const calls: AnyKernelCall[] = [];
  if (gradX !== null) {
    const operands = { gradOutput, weight, bias: null, gradX };
    calls.push(call(conv2dInputGradient, operands, shape));
  }
  if (gradWeight !== null) {
    const operands = { gradOutput, x, gradWeight };
    calls.push(call(conv2dWeightGradient, operands, shape));
  }
  return calls;
}

const operands = {
  gradOutput: "read",
  x: "read",
  weight: "read",
  gradX: "write?",
  gradWeight: "write?",
} as const;

/**
 * The gradients with respect to x and the weight, those that are not null: where
 * both go Winograd's way they share its transforms.
 */
export const conv2dGradient = /* @__PURE__ */ kernel({
  name: "conv2dGradient",
  operands,
  compose: (operands, shape: Conv2dShape) =>
    convolutionGradients(operands, shape),
  wasm: (operands, shape, cpu) =>
    winograd.suits3x3(shape, cpu)
      ? winograd.gradient(operands, shape, cpu)
      : null,
});

/**
 * The gradients of {@linkcode winogradForward}: as {@linkcode conv2dGradient}, and
 * 5×5 kernels by Winograd's algorithm too.
 */
export const winogradGradient = /* @__PURE__ */ kernel({
  name: "winogradGradient",
  operands,
  compose: (operands, shape: Conv2dShape) => [
    call(conv2dGradient, operands, shape),
  ],
  wasm: (operands, shape, cpu) =>
    winograd.suits5x5(shape, cpu)
      ? winograd.gradient(operands, shape, cpu)
      : null,
});
