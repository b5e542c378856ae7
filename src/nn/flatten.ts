import type { Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/** All dimensions after the first made one, as a layer. */
export class Flatten extends Module {
  /** `[N, …]` to `[N, features]`. */
  override forward(x: Tensor): Tensor<[n: number, features: number]> {
    return x.flatten(1);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return "start_dim=1, end_dim=-1";
  }
}
