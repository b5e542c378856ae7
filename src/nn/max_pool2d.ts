import type { Pair } from "../ops/check.ts";
import {
  maxPool2d,
  type MaxPool2dOptions,
  maxPool2dOptions,
} from "../ops/max_pool2d.ts";
import {
  type WindowArguments,
  windowOptions,
} from "../ops/window_arguments.ts";
import type { Tensor } from "../core/tensor.ts";
import { pythonBool, pythonPair } from "../base/python_text.ts";
import type { Stage } from "./stage.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode maxPool2d} as a layer.
 *
 * @example
 * ```ts
 * import { MaxPool2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new MaxPool2d(3, 2, 1);
 * using x = Tensor.from(device, new Float32Array(36), [1, 1, 6, 6]);
 * assertEquals(layer.forward(x).shape, [1, 1, 3, 3]);
 * ```
 *
 * @category Layers
 */
export class MaxPool2d extends Module {
  /** Size of the window. */
  readonly kernelSize: Pair;
  /** Stride, padding and dilation of the window; whether it may leave the image. */
  readonly options: Readonly<MaxPool2dOptions>;

  /**
   * Makes a pooling layer, which has no parameters. The sizes are checked by
   * `forward`.
   *
   * @param kernelSize Height and width of the window, in pixels.
   * @param given Stride (default: the kernel's size), padding and dilation, in
   * pixels; `ceilMode`. Stride and padding may stand before the options:
   * `new MaxPool2d(3, 2, 1)`.
   * @throws {TypeError} If there is an option of another name.
   */
  constructor(kernelSize: Pair, ...given: WindowArguments<MaxPool2dOptions>) {
    super();
    this.kernelSize = kernelSize;
    this.options = windowOptions("MaxPool2d", given, maxPool2dOptions);
  }

  /** `[N, C, H, W]` to `[N, C, Hout, Wout]`. */
  override forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }

  /** The layer as a stage of a fused operation. */
  override stage(): Stage {
    return {
      name: "pooling",
      forward: MaxPool2d.prototype.forward,
      options: () => ({ ...this.options, kernelSize: this.kernelSize }),
    };
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const kernelSize = this.kernelSize;
    const { ceilMode = false, dilation = 1, padding = 0 } = this.options;
    const { stride = kernelSize } = this.options;
    return `kernel_size=${pythonPair(kernelSize)}, ` +
      `stride=${pythonPair(stride)}, padding=${pythonPair(padding)}, ` +
      `dilation=${pythonPair(dilation)}, ceil_mode=${pythonBool(ceilMode)}`;
  }
}
