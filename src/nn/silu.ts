import { silu } from "../ops/silu.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode silu} as a layer.
 *
 * @example
 * ```ts
 * import { openDevice, SiLU, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new SiLU();
 * using x = Tensor.from(device, [0, 100], [2]);
 * assertEquals(await layer.forward(x).data(), new Float32Array([0, 100]));
 * ```
 *
 * @category Layers
 */
export class SiLU extends Module {
  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return silu(x);
  }
}
