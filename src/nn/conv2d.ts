import { type Pair, pair } from "../ops/check.ts";
import { conv2d, type Conv2dOptions } from "../ops/conv2d.ts";
import type { Images, Tensor } from "../core/tensor.ts";
import { checkCount } from "./_check_count.ts";
import { kaimingUniform, uniformByFanIn } from "./_initialise.ts";
import { pythonPair } from "../base/python_text.ts";
import type { Stage } from "./stage.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Options of a {@linkcode Conv2d} layer. */
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
 * const layer = new Conv2d(1, 16, { kernelSize: 5, padding: 2 }).to(device);
 * using x = Tensor.from(device, new Float32Array(784), [1, 1, 28, 28]);
 * assertEquals(layer.forward(x).shape, [1, 16, 28, 28]);
 * ```
 */
export class Conv2d extends Module {
  /** `[outChannels, inChannels, Kh, Kw]`. */
  readonly weight: Parameter;
  /** `[outChannels]`, or null without bias. */
  readonly bias: Parameter | null;
  /** Kernel size, stride, padding, dilation and bias, as given. */
  readonly options: Readonly<Conv2dLayerOptions>;

  /**
   * Makes a weight `[outChannels, inChannels, Kh, Kw]` and, unless told
   * otherwise, a bias `[outChannels]`. Their first values, which
   * `model.to(device)` draws, are uniform in ±1/√(inChannels · Kh · Kw).
   *
   * @param inChannels Channels of the input.
   * @param outChannels Channels of the output.
   * @param options Kernel size, stride, padding, dilation, all in pixels; bias.
   * @throws {RangeError} If a number of channels or the kernel's size is not a
   * whole number of at least 1.
   */
  constructor(
    inChannels: number,
    outChannels: number,
    options: Conv2dLayerOptions,
  ) {
    super();
    checkCount("Conv2d: inChannels", inChannels);
    checkCount("Conv2d: outChannels", outChannels);
    const [height, width] = pair(options.kernelSize);
    checkCount("Conv2d: kernelSize", height);
    checkCount("Conv2d: kernelSize", width);
    const fanIn = inChannels * height * width;
    const shape = [outChannels, inChannels, height, width];
    this.weight = new Parameter(shape, kaimingUniform(fanIn));
    this.bias = options.bias ?? true
      ? new Parameter([outChannels], uniformByFanIn(fanIn))
      : null;
    this.options = options;
  }

  /** `[N, inChannels, H, W]` to `[N, outChannels, Hout, Wout]`. */
  override forward(x: Tensor): Tensor<Images> {
    const bias = this.bias?.tensor ?? null;
    return conv2d(x, this.weight.tensor, bias, this.options);
  }

  /** The layer as a stage of a fused operation. */
  override stage(): Stage {
    return {
      name: "convolution",
      forward: Conv2d.prototype.forward,
      options: () => ({
        ...this.options,
        weight: this.weight.tensor,
        bias: this.bias?.tensor ?? null,
      }),
    };
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const { dilation = 1, kernelSize, padding = 0, stride = 1 } = this.options;
    const [outChannels, inChannels] = this.weight.shape;
    const facts = [
      `${inChannels}, ${outChannels}`,
      `kernel_size=${pythonPair(pair(kernelSize))}`,
      `stride=${pythonPair(pair(stride))}`,
    ];
    if (pair(padding).some((pixels) => pixels !== 0)) {
      facts.push(`padding=${pythonPair(pair(padding))}`);
    }
    if (pair(dilation).some((pixels) => pixels !== 1)) {
      facts.push(`dilation=${pythonPair(pair(dilation))}`);
    }
    if (this.bias === null) facts.push("bias=False");
    return facts.join(", ");
  }
}
