import { softplus } from "../ops/softplus.ts";
import { checkNumber } from "../ops/check.ts";
import { pythonInteger } from "../base/python_text.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode softplus} as a layer.
 *
 * @example
 * ```ts
 * import { openDevice, Softplus, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new Softplus(2);
 * using x = Tensor.from(device, [0, 30], [2]);
 * using y = layer.forward(x);
 * assertEquals(await y.data(), new Float32Array([Math.LN2 / 2, 30]));
 * ```
 *
 * @category Layers
 */
export class Softplus extends Module {
  readonly #beta: number;
  readonly #threshold: number;

  /**
   * Makes a layer without parameters.
   *
   * @param beta How sharp the bend at 0 is. Default 1.
   * @param threshold The product `beta · x` above which the layer is linear.
   * Default 20.
   * @throws {TypeError} If an argument is no number.
   * @throws {RangeError} If it is not finite.
   */
  constructor(beta = 1, threshold = 20) {
    super();
    checkNumber("Softplus: beta", beta);
    checkNumber("Softplus: threshold", threshold);
    this.#beta = beta;
    this.#threshold = threshold;
  }

  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return softplus(x, this.#beta, this.#threshold);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `beta=${pythonInteger(this.#beta)}, ` +
      `threshold=${pythonInteger(this.#threshold)}`;
  }
}
