import { sigmoid } from "../ops/sigmoid.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode sigmoid} as a layer.
 *
 * @example
 * ```ts
 * import { openDevice, Sigmoid, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new Sigmoid();
 * using x = Tensor.from(device, [0, 100], [2]);
 * assertEquals(await layer.forward(x).data(), new Float32Array([0.5, 1]));
 * ```
 *
 * @category Layers
 */
export class Sigmoid extends Module {
  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return sigmoid(x);
  }
}
