import { conv2dInputGradient, conv2dWeightGradient } from "./conv2d.ts";
import type { Conv2dShape } from "./shape.ts";
import { type AnyKernelCall, call, type Operand } from "../kernel.ts";

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
