import type { Pair } from "../ops/_check.ts";
import { maxPool2d, type MaxPool2dOptions } from "../ops/max_pool2d.ts";
import type { Images, Tensor } from "../core/tensor.ts";
import { pythonPair } from "./_text.ts";
import { Module } from "./module.ts";

/** {@linkcode maxPool2d} as a layer. */
export class MaxPool2d extends Module {
  /** Size of the window. */
  readonly kernelSize: Pair;
  /** How the window slides. */
  readonly options: Readonly<MaxPool2dOptions>;

  /**
   * Checks and keeps the arguments.
   *
   * @param kernelSize Size of the window.
   * @param options Stride (default: the kernel's size), padding, dilation.
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

  /** What the printed text says in the parentheses. */
  override extraRepresentation(): string {
    const kernelSize = this.kernelSize;
    const { dilation = 1, padding = 0, stride = kernelSize } = this.options;
    return `kernel_size=${pythonPair(kernelSize)}, ` +
      `stride=${pythonPair(stride)}, padding=${pythonPair(padding)}, ` +
      `dilation=${pythonPair(dilation)}, ceil_mode=False`;
  }
}
