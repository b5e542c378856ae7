import {
  crossEntropy,
  type CrossEntropyOptions,
} from "../ops/cross_entropy.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/** {@linkcode crossEntropy} as a module. */
export class CrossEntropyLoss extends Module {
  readonly #options: CrossEntropyOptions;

  /**
   * Makes a loss, which has no parameters.
   *
   * @param options Label smoothing.
   */
  constructor(options: CrossEntropyOptions = {}) {
    super();
    this.#options = options;
  }

  /** `[N, classes]` and i32 `[N]` to the loss, `[1]`. */
  override forward(
    logits: Tensor,
    labels: Tensor<Shape, "i32">,
  ): Tensor<[number]> {
    return crossEntropy(logits, labels, this.#options);
  }
}
