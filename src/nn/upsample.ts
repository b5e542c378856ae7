import { pythonFloat, pythonPair } from "../base/python_text.ts";
import type { Tensor } from "../core/tensor.ts";
import {
  checkUpsampleOptions,
  upsample,
  type UpsampleOptions,
} from "../ops/upsample.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode upsample} as a layer.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor, Upsample } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new Upsample({ scaleFactor: 2, mode: "bilinear" });
 * using x = Tensor.from(device, new Float32Array(49), [1, 1, 7, 7]);
 * assertEquals(layer.forward(x).shape, [1, 1, 14, 14]);
 * ```
 *
 * @category Layers
 */
export class Upsample extends Module {
  readonly #options: UpsampleOptions;

  /**
   * Makes a layer without parameters.
   *
   * @param options `size` or `scaleFactor`, `mode` ("nearest") and
   * `alignCorners` (false).
   * @throws {TypeError} If options contradict each other, or there is one of
   * another name.
   */
  constructor(options: UpsampleOptions) {
    super();
    checkUpsampleOptions("Upsample", options);
    this.#options = options;
  }

  /** `[N, C, H, W]` to `[N, C, Hout, Wout]`. */
  override forward(x: Tensor): Tensor {
    return upsample(x, this.#options);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const { mode = "nearest", scaleFactor, size } = this.#options;
    if (size !== undefined) return `size=${pythonPair(size)}, mode=${mode}`;
    const factor = typeof scaleFactor === "number"
      ? pythonFloat(scaleFactor)
      : `(${scaleFactor!.map(pythonFloat).join(", ")})`;
    return `scale_factor=${factor}, mode=${mode}`;
  }
}
