import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { l1Loss } from "../ops/l1_loss.ts";
import type { LossOptions } from "../ops/loss_options.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode l1Loss} as a module.
 *
 * @category Losses
 */
export class L1Loss extends Module {
  readonly #options: LossOptions;

  /**
   * Makes a loss, which has no parameters.
   *
   * @param options The reduction.
   */
  constructor(options: LossOptions = {}) {
    super();
    checkOptions("L1Loss", options, ["reduction"]);
    this.#options = { ...options };
  }

  /** Input and target of one shape to the loss, `[1]`. */
  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.#options);
  }
}
