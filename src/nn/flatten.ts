import type { Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * Dimensions made one, as a layer: all after the first, or those from one to
 * another.
 *
 * @category Layers
 */
export class Flatten extends Module {
  readonly #startDim: number;
  readonly #endDim: number;

  /**
   * A layer without parameters.
   *
   * @param startDim Default 1; negative ones count from the last.
   * @param endDim Default −1.
   */
  constructor(startDim = 1, endDim = -1) {
    super();
    this.#startDim = startDim;
    this.#endDim = endDim;
  }

  /** `[N, …]` to `[N, features]`, by default. */
  override forward(x: Tensor): Tensor {
    return x.flatten(this.#startDim, this.#endDim);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `start_dim=${this.#startDim}, end_dim=${this.#endDim}`;
  }
}
