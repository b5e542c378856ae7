import type { Pair } from "../ops/check.ts";
import { avgPool2d, type AvgPool2dOptions } from "../ops/avg_pool2d.ts";
import type { Images, Tensor } from "../core/tensor.ts";
import { pythonPair } from "../base/python_text.ts";
import { Module } from "./module.ts";

/** {@linkcode avgPool2d} as a layer. */
export class AvgPool2d extends Module {
  readonly #kernelSize: Pair;
  readonly #options: AvgPool2dOptions;

  /**
   * Makes a pooling layer, which has no parameters. The sizes are checked by
   * `forward`.
   *
   * @param kernelSize Height and width of the window, in pixels.
   * @param options Stride (default: the kernel's size), padding, both in pixels.
   */
  constructor(kernelSize: Pair, options: AvgPool2dOptions = {}) {
    super();
    this.#kernelSize = kernelSize;
    this.#options = options;
  }

  /** `[N, C, H, W]` to `[N, C, Hout, Wout]`. */
  override forward(x: Tensor): Tensor<Images> {
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
