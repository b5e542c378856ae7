import type { Pair } from "../ops/check.ts";
import {
  avgPool2d,
  type AvgPool2dOptions,
  avgPool2dOptions,
} from "../ops/avg_pool2d.ts";
import {
  type WindowArguments,
  windowOptions,
} from "../ops/window_arguments.ts";
import type { Tensor } from "../core/tensor.ts";
import { pythonPair } from "../base/python_text.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode avgPool2d} as a layer.
 *
 * @example
 * ```ts
 * import { AvgPool2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new AvgPool2d(3, 2, { ceilMode: true });
 * using x = Tensor.from(device, new Float32Array(36), [1, 1, 6, 6]);
 * assertEquals(layer.forward(x).shape, [1, 1, 3, 3]);
 * ```
 *
 * @category Layers
 */
export class AvgPool2d extends Module {
  readonly #kernelSize: Pair;
  readonly #options: AvgPool2dOptions;

  /**
   * Makes a pooling layer, which has no parameters. The sizes are checked by
   * `forward`.
   *
   * @param kernelSize Height and width of the window, in pixels.
   * @param given Stride (default: the kernel's size) and padding, in pixels;
   * `ceilMode` and `countIncludePad`. Stride and padding may stand before the
   * options: `new AvgPool2d(3, 2, 1)`.
   * @throws {TypeError} If there is an option of another name.
   */
  constructor(kernelSize: Pair, ...given: WindowArguments<AvgPool2dOptions>) {
    super();
    this.#kernelSize = kernelSize;
    this.#options = windowOptions("AvgPool2d", given, avgPool2dOptions);
  }

  /** `[N, C, H, W]` to `[N, C, Hout, Wout]`. */
  override forward(x: Tensor): Tensor {
    return avgPool2d(x, this.#kernelSize, this.#options);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const kernelSize = this.#kernelSize;
    const { padding = 0, stride = kernelSize } = this.#options;
    return `kernel_size=${pythonPair(kernelSize)}, ` +
      `stride=${pythonPair(stride)}, padding=${pythonPair(padding)}`;
  }
}
