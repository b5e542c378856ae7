import type { ChannelSumShape } from "../channel_sum/channel_sum.ts";
import type { OperandsOf, Signature } from "../kernel.ts";

/** A linear layer: `[batch, inFeatures]` gives `[batch, outFeatures]`. */
export interface LinearShape {
  /** Rows. */
  readonly batch: number;
  /** Columns of the input and of the weight `[outFeatures, inFeatures]`. */
  readonly inFeatures: number;
  /** Columns of the output. */
  readonly outFeatures: number;
}

/** The operands of the layer. */
export const forwardSignature = {
  x: "read",
  weight: "read",
  bias: "read?",
  output: "write",
} as const satisfies Signature;

/** The operands of the layer. */
export type ForwardOperands = OperandsOf<typeof forwardSignature>;

/** The operands of its gradient. */
export const gradientSignature = {
  gradOutput: "read",
  x: "read",
  weight: "read",
  gradX: "write?",
  gradWeight: "write?",
  gradBias: "write?",
} as const satisfies Signature;

/** The operands of its gradient. */
export type GradientOperands = OperandsOf<typeof gradientSignature>;

/** Multiplications, each with its addition, of the layer and of each gradient. */
export function productsOf(
  { batch, inFeatures, outFeatures }: LinearShape,
): number {
  return batch * inFeatures * outFeatures;
}

/** The gradient with respect to the bias as a sum of channels of one pixel. */
export function columnSumShape(
  { batch, outFeatures }: LinearShape,
): ChannelSumShape {
  return { batch, channels: outFeatures, area: 1 };
}

/** Bytes for each thread of the layer: lanes of 256 rows by 8 columns. */
export const forwardBytes = 32_768;
