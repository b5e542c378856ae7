import { relu } from "../ops/relu.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/** {@linkcode relu} as a layer. */
export class ReLU extends Module {
  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return relu(x);
  }
}
