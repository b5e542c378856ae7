import type { Shape, Tensor } from "../core/tensor.ts";
import { dropout2d } from "../ops/dropout2d.ts";
import { Dropout } from "./dropout.ts";

/**
 * {@linkcode dropout2d} as a layer: whole channels, in training only, drawn as
 * {@linkcode Dropout} draws elements.
 *
 * @example
 * ```ts
 * import { Dropout2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new Dropout2d(0.25).to(device).eval();
 * using x = Tensor.from(device, [1, 2, 3, 4], [1, 2, 1, 2]);
 * assertEquals(layer.forward(x), x);
 * ```
 *
 * @category Layers
 */
export class Dropout2d extends Dropout {
  /** `[N, C, H, W]` to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    if (!this.training) return x;
    return dropout2d(x, this.probability, this.state.tensor);
  }
}
