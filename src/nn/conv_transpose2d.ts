import { type Pair, pair } from "../ops/check.ts";
import {
  convTranspose2d,
  type ConvTranspose2dOptions,
  convTranspose2dOptions,
} from "../ops/conv_transpose2d.ts";
import { checkGroups } from "../ops/convolution.ts";
import {
  type KernelArguments,
  kernelOptions,
} from "../ops/window_arguments.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkCount } from "./_check_count.ts";
import { convolutionText } from "./_convolution_text.ts";
import { weightAndBias } from "./_initialise.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of a {@linkcode ConvTranspose2d} layer.
 *
 * @category Layers
 */
export interface ConvTranspose2dLayerOptions extends ConvTranspose2dOptions {
  /** Size of the kernel. */
  kernelSize: Pair;
  /** Whether a bias is learnt. Default true. */
  bias?: boolean;
}

/**
 * Transposed convolution layer: {@linkcode convTranspose2d} with learnt weight and
 * bias.
 *
 * @example
 * ```ts
 * import { ConvTranspose2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new ConvTranspose2d(16, 1, 3, 2, 1, { outputPadding: 1 })
 *   .to(device);
 * using x = Tensor.from(device, new Float32Array(784), [1, 16, 7, 7]);
 * assertEquals(layer.forward(x).shape, [1, 1, 14, 14]);
 * ```
 *
 * @category Layers
 */
export class ConvTranspose2d extends Module {
  /** `[inChannels, outChannels / groups, Kh, Kw]`. */
  readonly weight: Parameter;
  /** `[outChannels]`, or null without bias. */
  readonly bias: Parameter | null;
  /** Kernel size and the other options, as given. */
  readonly options: Readonly<ConvTranspose2dLayerOptions>;

  /**
   * Makes a weight `[inChannels, outChannels / groups, Kh, Kw]` and, unless told
   * otherwise, a bias `[outChannels]`. Their first values, which
   * `model.to(device)` draws, are uniform in ±1/√(outChannels / groups · Kh · Kw).
   *
   * @param inChannels Channels of the input.
   * @param outChannels Channels of the output.
   * @param given Kernel size, stride, padding, `outputPadding`, dilation, all in
   * pixels; groups and bias. The first three may stand before the options, in this
   * order: `new ConvTranspose2d(16, 8, 4, 2, 1)`.
   * @throws {RangeError} If a number of channels or the kernel's size is not a
   * whole number of at least 1.
   * @throws {ShapeError} If a number of channels is no multiple of groups.
   * @throws {TypeError} If there is an option of another name.
   */
  constructor(
    inChannels: number,
    outChannels: number,
    ...given: KernelArguments<ConvTranspose2dLayerOptions>
  ) {
    super();
    const names = ["kernelSize", ...convTranspose2dOptions, "bias"];
    const options = kernelOptions("ConvTranspose2d", given, names);
    checkCount("ConvTranspose2d: inChannels", inChannels);
    checkCount("ConvTranspose2d: outChannels", outChannels);
    const { groups = 1 } = options;
    checkGroups("ConvTranspose2d", groups, { inChannels, outChannels });
    const [height, width] = pair(options.kernelSize);
    checkCount("ConvTranspose2d: kernelSize", height);
    checkCount("ConvTranspose2d: kernelSize", width);
    const shape = [inChannels, outChannels / groups, height, width];
    const outputs = options.bias ?? true ? outChannels : null;
    const parameters = weightAndBias(shape, outputs);
    this.weight = parameters.weight;
    this.bias = parameters.bias;
    this.options = options;
  }

  /** Channels of the input. */
  get inChannels(): number {
    return this.weight.shape[0];
  }

  /** Channels of the output. */
  get outChannels(): number {
    return this.weight.shape[1] * (this.options.groups ?? 1);
  }

  /** `[N, inChannels, H, W]` to `[N, outChannels, Hout, Wout]`. */
  override forward(x: Tensor): Tensor {
    const { bias: _bias, kernelSize: _size, ...window } = this.options;
    const bias = this.bias?.tensor ?? null;
    return convTranspose2d(x, this.weight.tensor, bias, window);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const { inChannels, outChannels } = this;
    return convolutionText(inChannels, outChannels, this.options);
  }
}
