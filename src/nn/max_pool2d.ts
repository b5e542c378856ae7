import type { Pair } from "../ops/check.ts";
import { maxPool2d, type MaxPool2dOptions } from "../ops/max_pool2d.ts";
import type { Images, Tensor } from "../core/tensor.ts";
import { pythonPair } from "../base/python_text.ts";
import type { Stage } from "./stage.ts";
import { Module } from "./module.ts";

/** {@linkcode maxPool2d} as a layer. */
export class MaxPool2d extends Module {
  /** Size of the window. */
  readonly kernelSize: Pair;
  /** Stride, padding and dilation of the window. */
  readonly options: Readonly<MaxPool2dOptions>;

  /**
   * Makes a pooling layer, which has no parameters. The sizes are checked by
   * `forward`.
   *
   * @param kernelSize Height and width of the window, in pixels.
   * @param options Stride (default: the kernel's size), padding, dilation, all in
   * pixels.
   */
  constructor(kernelSize: Pair, options: MaxPool2dOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  /** `[N, C, H, W]` to `[N, C, Hout, Wout]`. */
  override forward(x: Tensor): Tensor<Images> {
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
    const { dilation = 1, padding = 0, stride = kernelSize } = this.options;
    return `kernel_size=${pythonPair(kernelSize)}, ` +
      `stride=${pythonPair(stride)}, padding=${pythonPair(padding)}, ` +
      `dilation=${pythonPair(dilation)}, ceil_mode=False`;
  }
}
