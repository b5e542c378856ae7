import {
  adaptiveAvgPool2d,
  type AdaptiveSize,
} from "../ops/adaptive_avg_pool2d.ts";
import type { Tensor } from "../core/tensor.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode adaptiveAvgPool2d} as a layer. `new AdaptiveAvgPool2d(1)` is global
 * average pooling.
 *
 * @example
 * ```ts
 * import { AdaptiveAvgPool2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new AdaptiveAvgPool2d([2, null]);
 * using x = Tensor.from(device, new Float32Array(15), [1, 1, 5, 3]);
 * assertEquals(layer.forward(x).shape, [1, 1, 2, 3]);
 * ```
 *
 * @category Layers
 */
export class AdaptiveAvgPool2d extends Module {
  readonly #outputSize: AdaptiveSize;

  /**
   * Makes a pooling layer, which has no parameters. The size is checked by
   * `forward`.
   *
   * @param outputSize Rows and columns of the output, one number for both; null
   * for as many as the input has.
   */
  constructor(outputSize: AdaptiveSize) {
    super();
    this.#outputSize = outputSize;
  }

  /** `[N, C, H, W]` to `[N, C, Hout, Wout]`. */
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.#outputSize);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const size = this.#outputSize;
    const text = (one: number | null) => one === null ? "None" : String(one);
    if (typeof size === "number" || size === null) {
      return `output_size=${text(size)}`;
    }
    return `output_size=(${size.map(text).join(", ")})`;
  }
}
