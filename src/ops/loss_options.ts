import type { Tensor } from "../core/tensor.ts";

/** The losses of all elements become their mean, their sum, or stay. */
export type LossReduction = "mean" | "sum" | "none";

/** Options that all losses have. */
export interface LossOptions {
  /** What becomes of the losses of all elements. Default `"mean"`. */
  reduction?: LossReduction;
}

/** Options of {@linkcode nllLoss}. */
export interface NllLossOptions extends LossOptions {
  /**
   * A factor for each class, `[classes]`: a mean divides by the factors of the
   * labels. Default: 1.
   */
  weight?: Tensor;
  /**
   * A label whose rows are left out, of a mean too. PyTorch leaves out −100; here
   * there is none by default, and −100 is an error like any other label that is
   * no class.
   */
  ignoreIndex?: number;
}

/** Options of {@linkcode smoothL1Loss}. */
export interface SmoothL1LossOptions extends LossOptions {
  /** Distance below which the loss is a square. Default 1. */
  beta?: number;
}

/** Options of {@linkcode bceWithLogits}. */
export interface BceWithLogitsOptions extends LossOptions {
  /** A factor for each element; it is broadcast. Default: 1. */
  weight?: Tensor;
  /**
   * A factor for the loss of what the target says is there; it is broadcast,
   * `[classes]` for a factor of each class. Default: 1.
   */
  posWeight?: Tensor;
}
