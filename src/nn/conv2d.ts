import { type Pair, pair } from "../ops/check.ts";
import { conv2d, type Conv2dOptions, conv2dOptions } from "../ops/conv2d.ts";
import { checkGroups, checkPadding } from "../ops/convolution.ts";
import {
  type KernelArguments,
  kernelOptions,
} from "../ops/window_arguments.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkCount } from "./_check_count.ts";
import { convolutionText } from "./_convolution_text.ts";
import { weightAndBias } from "./_initialise.ts";
import type { Stage } from "./stage.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of a {@linkcode Conv2d} layer.
 *
 * @category Layers
 */
export interface Conv2dLayerOptions extends Conv2dOptions {
  /** Size of the kernel. */
  kernelSize: Pair;
  /** Whether a bias is learnt. Default true. */
  bias?: boolean;
}

/**
 * Convolution layer: {@linkcode conv2d} with learnt weight and bias.
 *
 * @example
 * ```ts
 * import { Conv2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new Conv2d(1, 16, 5, { padding: 2 }).to(device);
 * using x = Tensor.from(device, new Float32Array(784), [1, 1, 28, 28]);
 * assertEquals(layer.forward(x).shape, [1, 16, 28, 28]);
 * ```
 *
 * @category Layers
 */
export class Conv2d extends Module {
  /** `[outChannels, inChannels / groups, Kh, Kw]`. */
  readonly weight: Parameter;
  /** `[outChannels]`, or null without bias. */
  readonly bias: Parameter | null;
  /** Kernel size, stride, padding, dilation, groups and bias, as given. */
  readonly options: Readonly<Conv2dLayerOptions>;

  /**
   * Makes a weight `[outChannels, inChannels / groups, Kh, Kw]` and, unless told
   * otherwise, a bias `[outChannels]`. Their first values, which
   * `model.to(device)` draws, are uniform in ±1/√(inChannels / groups · Kh · Kw).
   *
   * @param inChannels Channels of the input.
   * @param outChannels Channels of the output.
   * @param given Kernel size, stride, padding, dilation, all in pixels; groups and
   * bias. The first three may stand before the options, in this order:
   * `new Conv2d(1, 16, 5, 1, 2, { bias: false })`.
   * @throws {RangeError} If a number of channels or the kernel's size is not a
   * whole number of at least 1, or the padding is `"same"` and the stride is not 1.
   * @throws {ShapeError} If a number of channels is no multiple of groups.
   * @throws {TypeError} If there is an option of another name.
   */
  constructor(
    inChannels: number,
    outChannels: number,
    ...given: KernelArguments<Conv2dLayerOptions>
  ) {
    super();
    const names = ["kernelSize", ...conv2dOptions, "bias"];
    const options = kernelOptions("Conv2d", given, names);
    checkCount("Conv2d: inChannels", inChannels);
    checkCount("Conv2d: outChannels", outChannels);
    const { groups = 1, kernelSize, padding = 0, stride } = options;
    checkGroups("Conv2d", groups, { inChannels, outChannels });
    checkPadding("Conv2d", padding, stride);
    const [height, width] = pair(kernelSize);
    checkCount("Conv2d: kernelSize", height);
    checkCount("Conv2d: kernelSize", width);
    const shape = [outChannels, inChannels / groups, height, width];
    const outputs = options.bias ?? true ? outChannels : null;
    const parameters = weightAndBias(shape, outputs);
    this.weight = parameters.weight;
    this.bias = parameters.bias;
    this.options = options;
  }

  /** Channels of the input. */
  get inChannels(): number {
    return this.weight.shape[1] * (this.options.groups ?? 1);
  }

  /** Channels of the output. */
  get outChannels(): number {
    return this.weight.shape[0];
  }

  /** `[N, inChannels, H, W]` to `[N, outChannels, Hout, Wout]`. */
  override forward(x: Tensor): Tensor {
    const bias = this.bias?.tensor ?? null;
    return conv2d(x, this.weight.tensor, bias, this.#window());
  }

  /** The layer as a stage of a fused operation. */
  override stage(): Stage {
    return {
      name: "convolution",
      forward: Conv2d.prototype.forward,
      options: () => ({
        ...this.#window(),
        weight: this.weight.tensor,
        bias: this.bias?.tensor ?? null,
      }),
    };
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const { inChannels, outChannels } = this;
    return convolutionText(inChannels, outChannels, this.options);
  }

  /** The options of the operation. */
  #window(): Conv2dOptions {
    const { bias: _bias, kernelSize: _size, ...window } = this.options;
    return window;
  }
}
