import { leakyRelu } from "../ops/leaky_relu.ts";
import { checkNumber } from "../ops/check.ts";
import { pythonFloat } from "../base/python_text.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode leakyRelu} as a layer.
 *
 * @example
 * ```ts
 * import { LeakyReLU, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new LeakyReLU(0.25);
 * using x = Tensor.from(device, [-2, 3], [2]);
 * assertEquals(await layer.forward(x).data(), new Float32Array([-0.5, 3]));
 * ```
 *
 * @category Layers
 */
export class LeakyReLU extends Module {
  readonly #negativeSlope: number;

  /**
   * Makes a layer without parameters.
   *
   * @param negativeSlope The slope below 0. Default 0.01.
   * @throws {TypeError} If an argument is no number.
   * @throws {RangeError} If it is not finite.
   */
  constructor(negativeSlope = 0.01) {
    super();
    checkNumber("LeakyReLU: negativeSlope", negativeSlope);
    this.#negativeSlope = negativeSlope;
  }

  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return leakyRelu(x, this.#negativeSlope);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `negative_slope=${pythonFloat(this.#negativeSlope)}`;
  }
}
