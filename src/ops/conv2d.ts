import {
  conv2dBiasGradient,
  conv2dForward,
  conv2dInputGradient,
  type Conv2dShape,
  conv2dWeightGradient,
} from "../../kernels/conv2d/conv2d.ts";
import { record } from "../core/tape.ts";
import { type Images, type Shape, Tensor } from "../core/tensor.ts";
import { checkRank, checkShape, shapeError, text } from "./check.ts";
import { outputSizes, window2d, type WindowOptions } from "./_window.ts";

/** How {@linkcode conv2d} slides its kernel: stride 1, padding 0, dilation 1. */
export type Conv2dOptions = WindowOptions;

/** The shape rule of {@linkcode conv2d}: the one place that knows it. */
export function conv2dShape(
  x: Shape,
  weight: Shape,
  options: Conv2dOptions = {},
): Conv2dShape {
  checkRank("conv2d", "input", x, ["N", "C", "H", "W"]);
  checkRank("conv2d", "weight", weight, ["O", "I", "H", "W"]);
  const [batch, inChannels, inHeight, inWidth] = x;
  const [outChannels, weightChannels, kernelHeight, kernelWidth] = weight;
  if (inChannels !== weightChannels) {
    throw shapeError(
      `conv2d: input ${text(x)} and weight ${text(weight)}`,
      `an input of ${weightChannels} channels`,
      String(inChannels),
      "inChannels of the layer must be outChannels of the one before.",
    );
  }
  const window = window2d("conv2d", [kernelHeight, kernelWidth], options);
  const sizes = outputSizes("conv2d", inHeight, inWidth, window);
  return {
    ...window,
    ...sizes,
    batch,
    groups: 1,
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
 * @param weight `[Cout, Cin, Kh, Kw]`.
 * @param bias `[Cout]`, or null for none.
 * @param options Stride (default 1), padding (0) and dilation (1).
 * @returns `[N, Cout, Hout, Wout]`; see {@linkcode outputSize}.
 * @throws {ShapeError} If the shapes do not fit each other.
 *
 * @example
 * ```ts
 * import { conv2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using image = Tensor.from(device, [1, 2, 3, 4], [1, 1, 2, 2]);
 * using kernel = Tensor.from(device, [1, 10], [1, 1, 1, 2]);
 * using y = conv2d(image, kernel, null);
 * assertEquals(await y.data(), new Float32Array([21, 43]));
 * ```
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: Conv2dOptions = {},
): Tensor<Images> {
  const shape = conv2dShape(x.shape, weight.shape, options);
  const { batch, outChannels, outHeight, outWidth } = shape;
  if (bias !== null) checkShape("conv2d", "bias", bias.shape, [outChannels]);
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
      if (gradX) {
        const operands = { gradOutput, weight, bias: null, gradX };
        device.run(conv2dInputGradient, operands, shape);
      }
      if (gradWeight) {
        device.run(conv2dWeightGradient, { gradOutput, x, gradWeight }, shape);
      }
      if (gradBias) {
        device.run(conv2dBiasGradient, { gradOutput, gradBias }, shape);
      }
    },
  );
}
