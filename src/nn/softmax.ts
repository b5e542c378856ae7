import type { Shape, Tensor } from "../core/tensor.ts";
import { checkDim } from "./_check_dim.ts";
import { softmax } from "../ops/softmax.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode softmax} as a layer.
 *
 * @category Layers
 */
export class Softmax extends Module {
  readonly #dim: number;

  /**
   * Makes a layer without parameters.
   *
   * @param dim The axis; negative ones count from the last, −1.
   * @throws {TypeError} If it is no whole number.
   */
  constructor(dim: number) {
    super();
    checkDim("Softmax", dim);
    this.#dim = dim;
  }

  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return softmax(x, this.#dim);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `dim=${this.#dim}`;
  }
}
