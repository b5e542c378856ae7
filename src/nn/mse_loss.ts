import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { mseLoss } from "../ops/mse_loss.ts";
import type { LossOptions } from "../ops/loss_options.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode mseLoss} as a module.
 *
 * @category Losses
 */
export class MSELoss extends Module {
  readonly #options: LossOptions;

  /**
   * Makes a loss, which has no parameters.
   *
   * @param options The reduction.
   */
  constructor(options: LossOptions = {}) {
    super();
    checkOptions("MSELoss", options, ["reduction"]);
    this.#options = { ...options };
  }

  /** Input and target of one shape to the loss, `[1]`. */
  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.#options);
  }
}
