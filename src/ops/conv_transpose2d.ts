import { channelSum } from "../../kernels/channel_sum/channel_sum.ts";
import {
  conv2dForward,
  conv2dInputGradient,
  type Conv2dShape,
  conv2dWeightGradient,
} from "../../kernels/conv2d/conv2d.ts";
import type { Window2d } from "../../kernels/lib/window2d.ts";
import { describe } from "../base/errors.ts";
import { record } from "../core/tape.ts";
import { type Images, type Shape, Tensor } from "../core/tensor.ts";
import {
  checkDType,
  checkRank,
  checkShape,
  checkWhole,
  type Pair,
  pair,
  shapeError,
  text,
} from "./check.ts";
import { checkChannels, checkGroups } from "./convolution.ts";
import { type WindowArguments, windowOptions } from "./window_arguments.ts";
import { window2d, type WindowOptions } from "./_window.ts";

/** How {@linkcode convTranspose2d} lays its kernels. */
export interface ConvTranspose2dOptions extends WindowOptions {
  /**
   * Rows and columns more at the end of the output: of sizes that the stride does
   * not tell apart. Less than the stride or the dilation. Default 0.
   */
  outputPadding?: Pair;
  /** Convolutions side by side, as those of {@linkcode conv2d}. Default 1. */
  groups?: number;
}

/** The names of {@linkcode ConvTranspose2dOptions}. */
export const convTranspose2dOptions = [
  "stride",
  "padding",
  "outputPadding",
  "dilation",
  "groups",
] as const satisfies readonly (keyof ConvTranspose2dOptions)[];

/**
 * Transposed convolution: the gradient of {@linkcode conv2d} with respect to its
 * input, with x in place of the output's gradient. With a stride it makes images
 * larger.
 *
 * @param x `[N, Cin, H, W]`.
 * @param weight `[Cin, Cout / groups, Kh, Kw]`.
 * @param bias `[Cout]`, or null for none, the default.
 * @param given Stride (default 1), padding (0), `outputPadding` (0), dilation (1)
 * and groups (1). Stride and padding may stand before the options:
 * `convTranspose2d(x, weight, bias, 2, 1)`.
 * @returns `[N, Cout, Hout, Wout]`, where Hout is `(H − 1) · stride − 2 · padding +
 * dilation · (Kh − 1) + outputPadding + 1`, and Wout the same of W and Kw.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {RangeError} If `outputPadding` is no less than both stride and dilation.
 * @throws {TypeError} If there is an option of another name.
 *
 * @example
 * ```ts
 * import { convTranspose2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using image = Tensor.from(device, [1, 2], [1, 1, 1, 2]);
 * using kernel = Tensor.from(device, [1, 10], [1, 1, 1, 2]);
 * using y = convTranspose2d(image, kernel, null, { stride: [1, 2] });
 * assertEquals(await y.data(), new Float32Array([1, 10, 2, 20]));
 * ```
 *
 * @category Operations of layers
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  ...given: WindowArguments<ConvTranspose2dOptions>
): Tensor {
  const options = windowOptions(
    "convTranspose2d",
    given,
    convTranspose2dOptions,
  );
  checkDType("convTranspose2d", "input", x);
  const shape = transposedShape(x.shape, weight.shape, options);
  const { batch, inChannels: channels, inHeight, inWidth } = shape;
  if (bias !== null) {
    checkShape("convTranspose2d", "bias", bias.shape, [channels], [
      "weight",
      weight.shape,
    ]);
  }
  const { device } = x;
  const output = Tensor.empty<Images>(
    device,
    [batch, channels, inHeight, inWidth],
  );
  device.run(
    conv2dInputGradient,
    { gradOutput: x, weight, bias, gradX: output },
    shape,
  );
  return record(
    output,
    [x, weight, bias],
    (gradOutput, [gradX, gradWeight, gradBias]) => {
      if (gradX) {
        const operands = { x: gradOutput, weight, bias: null, output: gradX };
        device.run(conv2dForward, operands, shape);
      }
      if (gradWeight) {
        const operands = { gradOutput: x, x: gradOutput, gradWeight };
        device.run(conv2dWeightGradient, operands, shape);
      }
      if (gradBias) {
        const sizes = { batch, channels, area: inHeight * inWidth };
        device.run(channelSum, { x: gradOutput, output: gradBias }, sizes);
      }
    },
  );
}

/** The convolution whose gradient it is: from the output to x. */
function transposedShape(
  x: Shape,
  weight: Shape,
  { groups = 1, outputPadding = 0, ...options }: ConvTranspose2dOptions,
): Conv2dShape {
  checkRank("convTranspose2d", "input", x, ["N", "C", "H", "W"]);
  checkRank("convTranspose2d", "weight", weight, ["I", "O", "H", "W"]);
  const [batch, inChannels, height, width] = x;
  const [weightChannels, channelsOfGroup, kernelHeight, kernelWidth] = weight;
  checkGroups("convTranspose2d", groups, {
    "channels of the input": weightChannels,
  });
  checkChannels("convTranspose2d", x, weight, weightChannels, groups);
  const kernelSize = [kernelHeight, kernelWidth] as const;
  const window = window2d("convTranspose2d", kernelSize, options);
  const [moreRows, moreColumns] = pair(outputPadding);
  checkOutputPadding([moreRows, moreColumns], window);
  const outHeight = (height - 1) * window.strideHeight -
    2 * window.paddingHeight + window.dilationHeight * (kernelHeight - 1) +
    moreRows + 1;
  const outWidth = (width - 1) * window.strideWidth -
    2 * window.paddingWidth + window.dilationWidth * (kernelWidth - 1) +
    moreColumns + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw shapeError(
      `convTranspose2d: input ${text(x)} and weight ${text(weight)}`,
      "an output of at least one pixel",
      text([outHeight, outWidth]),
      "Use less padding.",
    );
  }
  return {
    ...window,
    batch,
    groups,
    inChannels: channelsOfGroup * groups,
    inHeight: outHeight,
    inWidth: outWidth,
    outChannels: inChannels,
    outHeight: height,
    outWidth: width,
  };
}

function checkOutputPadding(
  outputPadding: readonly [height: number, width: number],
  { dilationHeight, dilationWidth, strideHeight, strideWidth }: Window2d,
): void {
  const where = "convTranspose2d";
  checkWhole(where, "outputPadding", outputPadding, 0);
  const [height, width] = outputPadding;
  const fits = height < Math.max(strideHeight, dilationHeight) &&
    width < Math.max(strideWidth, dilationWidth);
  if (fits) return;
  throw new RangeError(describe({
    what: `${where}: outputPadding`,
    expected: "less than stride or dilation",
    got: `${text(outputPadding)} with stride ${
      text([strideHeight, strideWidth])
    } and dilation ${text([dilationHeight, dilationWidth])}`,
    help: "Use a larger stride, or crop the output of a larger kernel.",
  }));
}
