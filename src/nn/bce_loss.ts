import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { binaryCrossEntropy } from "../ops/binary_cross_entropy.ts";
import type { LossOptions } from "../ops/loss_options.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode binaryCrossEntropy} as a module.
 *
 * @category Losses
 */
export class BCELoss extends Module {
  readonly #options: LossOptions;

  /**
   * Makes a loss, which has no parameters.
   *
   * @param options The reduction.
   */
  constructor(options: LossOptions = {}) {
    super();
    checkOptions("BCELoss", options, ["reduction"]);
    this.#options = { ...options };
  }

  /** Input and target of one shape to the loss, `[1]`. */
  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, this.#options);
  }
}
