import { checkOptions } from "../base/options.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import {
  crossEntropy,
  type CrossEntropyOptions,
} from "../ops/cross_entropy.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode crossEntropy} as a module.
 *
 * @category Losses
 */
export class CrossEntropyLoss extends Module {
  readonly #options: CrossEntropyOptions;

  /**
   * Makes a loss, which has no parameters.
   *
   * @param options Class weights, a label to leave out, label smoothing, and the
   * reduction.
   */
  constructor(options: CrossEntropyOptions = {}) {
    super();
    checkOptions("CrossEntropyLoss", options, [
      "ignoreIndex",
      "labelSmoothing",
      "reduction",
      "weight",
    ]);
    this.#options = { ...options };
  }

  /**
   * `[N, classes, …]`, and i32 `[N, …]` or probabilities, to the loss, `[1]`.
   */
  override forward(
    logits: Tensor,
    target: Tensor<Shape, "i32"> | Tensor,
  ): Tensor {
    return crossEntropy(logits, target, this.#options);
  }
}
