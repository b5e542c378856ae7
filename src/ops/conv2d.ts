import {
  conv2dBiasGradient,
  conv2dForward,
  type Conv2dShape,
} from "../../kernels/conv2d/conv2d.ts";
import { conv2dGradient } from "../../kernels/conv2d/gradients.ts";
import { record } from "../core/tape.ts";
import { type Images, type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkRank, checkShape, type Pair } from "./check.ts";
import {
  checkChannels,
  checkGroups,
  type Conv2dPadding,
  convolutionWindow,
} from "./convolution.ts";
import { type WindowArguments, windowOptions } from "./window_arguments.ts";
import { outputSizes } from "./_window.ts";

/**
 * How {@linkcode conv2d} slides its kernel.
 *
 * @category Operations of layers
 */
export interface Conv2dOptions {
  /** Pixels from one window to the next. Default 1. */
  stride?: Pair;
  /**
   * Pixels of zeros on each side. `"valid"` is none, the default; `"same"` gives
   * the output the size of the input, where the stride is 1: what cannot be
   * halved has one pixel more below and to the right.
   */
  padding?: Conv2dPadding;
  /** Pixels from one element of the kernel to the next. Default 1. */
  dilation?: Pair;
  /**
   * Convolutions side by side, each of its own part of the channels, in order.
   * As many as input channels make a depthwise convolution. Default 1.
   */
  groups?: number;
}

/** The names of {@linkcode Conv2dOptions}. */
export const conv2dOptions = [
  "stride",
  "padding",
  "dilation",
  "groups",
] as const satisfies readonly (keyof Conv2dOptions)[];

/** The shape rule of {@linkcode conv2d}: the one place that knows it. */
export function conv2dShape(
  x: Shape,
  weight: Shape,
  options: Conv2dOptions = {},
): Conv2dShape {
  checkRank("conv2d", "input", x, ["N", "C", "H", "W"]);
  checkRank("conv2d", "weight", weight, ["O", "I", "H", "W"]);
  const [batch, inChannels, inHeight, inWidth] = x;
  const [outChannels, channelsOfGroup, kernelHeight, kernelWidth] = weight;
  const { groups = 1, padding } = options;
  checkGroups("conv2d", groups, { "channels of the output": outChannels });
  checkChannels("conv2d", x, weight, channelsOfGroup * groups, groups);
  const window = convolutionWindow(
    "conv2d",
    [kernelHeight, kernelWidth],
    options,
  );
  const sizes = padding === "same"
    ? { outHeight: inHeight, outWidth: inWidth }
    : outputSizes("conv2d", inHeight, inWidth, window);
  return {
    ...window,
    ...sizes,
    batch,
    groups,
    inChannels,
    inHeight,
    inWidth,
    outChannels,
  };
}

/**
 * Convolution (cross-correlation, as in PyTorch) of images with kernels.
 *
 * @param x `[N, Cin, H, W]`.
 * @param weight `[Cout, Cin / groups, Kh, Kw]`.
 * @param bias `[Cout]`, or null for none, the default.
 * @param given Stride (default 1), padding (0), dilation (1) and groups (1). Stride
 * and padding may stand before the options: `conv2d(x, weight, bias, 2, 1)`.
 * @returns `[N, Cout, Hout, Wout]`; see {@linkcode outputSize}.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {RangeError} If the padding is `"same"` and the stride is not 1.
 * @throws {TypeError} If there is an option of another name.
 *
 * @example
 * ```ts
 * import { conv2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using image = Tensor.from(device, [1, 2, 3, 4], [1, 1, 2, 2]);
 * using kernel = Tensor.from(device, [1, 10], [1, 1, 1, 2]);
 * using y = conv2d(image, kernel);
 * assertEquals(await y.data(), new Float32Array([21, 43]));
 * ```
 *
 * @category Operations of layers
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  ...given: WindowArguments<Conv2dOptions>
): Tensor {
  const options = windowOptions("conv2d", given, conv2dOptions);
  checkDType("conv2d", "input", x);
  const shape = conv2dShape(x.shape, weight.shape, options);
  const { batch, outChannels, outHeight, outWidth } = shape;
  if (bias !== null) {
    const beside = ["weight", weight.shape] as const;
    checkShape("conv2d", "bias", bias.shape, [outChannels], beside);
  }
  const { device } = x;
  const output = Tensor.empty<Images>(
    device,
    [batch, outChannels, outHeight, outWidth],
  );
  device.run(conv2dForward, { x, weight, bias, output }, shape);
  return record(
    output,
    [x, weight, bias],
    (gradOutput, [gradX, gradWeight, gradBias]) => {
      if (gradX || gradWeight) {
        const operands = { gradOutput, x, weight, gradX, gradWeight };
        device.run(conv2dGradient, operands, shape);
      }
      if (gradBias) {
        device.run(conv2dBiasGradient, { gradOutput, gradBias }, shape);
      }
    },
  );
}
