import { relu } from "../ops/relu.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { Stage } from "./stage.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode relu} as a layer.
 *
 * @category Layers
 */
export class ReLU extends Module {
  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return relu(x);
  }

  /** The layer as a stage of a fused operation. */
  override stage(): Stage {
    return {
      name: "activation",
      forward: ReLU.prototype.forward,
      options: () => "relu",
    };
  }
}
