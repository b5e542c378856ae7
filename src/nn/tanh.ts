import { tanh } from "../ops/tanh.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode tanh} as a layer.
 *
 * @example
 * ```ts
 * import { openDevice, Tanh, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new Tanh();
 * using x = Tensor.from(device, [0, 50], [2]);
 * assertEquals(await layer.forward(x).data(), new Float32Array([0, 1]));
 * ```
 *
 * @category Layers
 */
export class Tanh extends Module {
  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return tanh(x);
  }
}
