import { checkOptions } from "../base/options.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { nllLoss } from "../ops/nll_loss.ts";
import type { NllLossOptions } from "../ops/loss_options.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode nllLoss} as a module.
 *
 * @category Losses
 */
export class NLLLoss extends Module {
  readonly #options: NllLossOptions;

  /**
   * Makes a loss, which has no parameters.
   *
   * @param options Class weights, a label to leave out, and the reduction.
   */
  constructor(options: NllLossOptions = {}) {
    super();
    checkOptions("NLLLoss", options, ["ignoreIndex", "reduction", "weight"]);
    this.#options = { ...options };
  }

  /** Log-probabilities `[N, classes, …]` and i32 `[N, …]` to the loss, `[1]`. */
  override forward(input: Tensor, labels: Tensor<Shape, "i32">): Tensor {
    return nllLoss(input, labels, this.#options);
  }
}
