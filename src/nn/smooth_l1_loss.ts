import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { smoothL1Loss } from "../ops/smooth_l1_loss.ts";
import type { SmoothL1LossOptions } from "../ops/loss_options.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode smoothL1Loss} as a module.
 *
 * @category Losses
 */
export class SmoothL1Loss extends Module {
  readonly #options: SmoothL1LossOptions;

  /**
   * Makes a loss, which has no parameters.
   *
   * @param options The reduction, and `beta`.
   */
  constructor(options: SmoothL1LossOptions = {}) {
    super();
    checkOptions("SmoothL1Loss", options, ["beta", "reduction"]);
    this.#options = { ...options };
  }

  /** Input and target of one shape to the loss, `[1]`. */
  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.#options);
  }
}
