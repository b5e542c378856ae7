import { elu } from "../ops/elu.ts";
import { checkNumber } from "../ops/check.ts";
import { pythonFloat } from "../base/python_text.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode elu} as a layer.
 *
 * @example
 * ```ts
 * import { ELU, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new ELU(0.5);
 * using x = Tensor.from(device, [2, -100], [2]);
 * assertEquals(await layer.forward(x).data(), new Float32Array([2, -0.5]));
 * ```
 *
 * @category Layers
 */
export class ELU extends Module {
  readonly #alpha: number;

  /**
   * Makes a layer without parameters.
   *
   * @param alpha The layer's limit far below 0 is `−alpha`. Default 1.
   * @throws {TypeError} If an argument is no number.
   * @throws {RangeError} If it is not finite.
   */
  constructor(alpha = 1) {
    super();
    checkNumber("ELU: alpha", alpha);
    this.#alpha = alpha;
  }

  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return elu(x, this.#alpha);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `alpha=${pythonFloat(this.#alpha)}`;
  }
}
