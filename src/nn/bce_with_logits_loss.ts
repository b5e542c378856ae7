import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { bceWithLogits } from "../ops/bce_with_logits.ts";
import type { BceWithLogitsOptions } from "../ops/loss_options.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode bceWithLogits} as a module.
 *
 * @category Losses
 */
export class BCEWithLogitsLoss extends Module {
  readonly #options: BceWithLogitsOptions;

  /**
   * Makes a loss, which has no parameters.
   *
   * @param options The reduction, and factors.
   */
  constructor(options: BceWithLogitsOptions = {}) {
    super();
    checkOptions("BCEWithLogitsLoss", options, [
      "posWeight",
      "reduction",
      "weight",
    ]);
    this.#options = { ...options };
  }

  /** Input and target of one shape to the loss, `[1]`. */
  override forward(input: Tensor, target: Tensor): Tensor {
    return bceWithLogits(input, target, this.#options);
  }
}
