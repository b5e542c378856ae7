import type { AnyTensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * A layer that gives its input as it is: in place of one that a network is to do
 * without.
 *
 * @category Layers
 */
export class Identity extends Module {
  /** Any tensor to itself. */
  override forward<T extends AnyTensor>(x: T): T {
    return x;
  }
}
