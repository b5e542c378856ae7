import { checkApproximate, gelu } from "../ops/gelu.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { GeluOptions } from "../core/tensor_methods.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode gelu} as a layer.
 *
 * @example
 * ```ts
 * import { GELU, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new GELU("tanh");
 * using x = Tensor.from(device, [0, 100], [2]);
 * assertEquals(await layer.forward(x).data(), new Float32Array([0, 100]));
 * ```
 *
 * @category Layers
 */
export class GELU extends Module {
  readonly #approximate: "none" | "tanh";

  /**
   * Makes a layer without parameters.
   *
   * @param approximate `"tanh"` for the approximation by `tanh`. Default
   * `"none"`.
   * @throws {RangeError} If it is neither.
   */
  constructor(approximate: NonNullable<GeluOptions["approximate"]> = "none") {
    super();
    checkApproximate("GELU", approximate);
    this.#approximate = approximate;
  }

  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return gelu(x, { approximate: this.#approximate });
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `approximate='${this.#approximate}'`;
  }
}
