import type { Shape, Tensor } from "../core/tensor.ts";
import { checkDim } from "./_check_dim.ts";
import { logSoftmax } from "../ops/log_softmax.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode logSoftmax} as a layer.
 *
 * @category Layers
 */
export class LogSoftmax extends Module {
  readonly #dim: number;

  /**
   * Makes a layer without parameters.
   *
   * @param dim The axis; negative ones count from the last, −1.
   * @throws {TypeError} If it is no whole number.
   */
  constructor(dim: number) {
    super();
    checkDim("LogSoftmax", dim);
    this.#dim = dim;
  }

  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return logSoftmax(x, this.#dim);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `dim=${this.#dim}`;
  }
}
