import {
  adaptiveAvgPool2dForward,
  adaptiveAvgPool2dGradient,
} from "../../kernels/adaptive_avg_pool2d/adaptive_avg_pool2d.ts";
import { record } from "../core/tape.ts";
import { type Images, Tensor } from "../core/tensor.ts";
import { avgPool2d } from "./avg_pool2d.ts";
import { checkDType, checkRank, checkWhole, isList } from "./check.ts";

/**
 * Rows and columns of an output, one number for both; null for as many as the
 * input has.
 */
export type AdaptiveSize =
  | number
  | null
  | readonly [height: number | null, width: number | null];

/**
 * Average pooling to a given size, whatever the size of the image: along an axis
 * of `size` pixels, the window of output `i` of `count` goes from
 * `⌊i · size / count⌋` up to `⌈(i + 1) · size / count⌉`, as in PyTorch. To size
 * 1 it is the mean of each channel, global average pooling.
 *
 * @param x `[N, C, H, W]`.
 * @param outputSize Rows and columns of the output.
 * @returns `[N, C, Hout, Wout]`.
 * @throws {RangeError} If a size is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
 * using y = adaptiveAvgPool2d(x, [1, 2]);
 * assertEquals(await y.data(), new Float32Array([3, 4]));
 * ```
 *
 * @category Operations of layers
 */
export function adaptiveAvgPool2d(
  x: Tensor,
  outputSize: AdaptiveSize,
): Tensor {
  checkDType("adaptiveAvgPool2d", "input", x);
  checkRank("adaptiveAvgPool2d", "input", x.shape, ["N", "C", "H", "W"]);
  const [batch, channels, inHeight, inWidth] = x.shape;
  const [height, width] = adaptivePair(outputSize);
  const outHeight = height ?? inHeight, outWidth = width ?? inWidth;
  checkWhole("adaptiveAvgPool2d", "outputSize", [outHeight, outWidth], 1);
  if (inHeight % outHeight === 0 && inWidth % outWidth === 0) {
    return avgPool2d(x, [inHeight / outHeight, inWidth / outWidth]);
  }
  const planes = batch * channels;
  const shape = { planes, inHeight, inWidth, outHeight, outWidth };
  const size: Images = [batch, channels, outHeight, outWidth];
  const output = Tensor.empty(x.device, size);
  x.device.run(adaptiveAvgPool2dForward, { x, output }, shape);
  return record(output, [x], (gradOutput, [gradX]) => {
    x.device.run(adaptiveAvgPool2dGradient, { gradOutput, gradX }, shape);
  });
}

/** Height and width of a size. */
function adaptivePair(
  size: AdaptiveSize,
): readonly [height: number | null, width: number | null] {
  return isList(size) ? size : [size, size];
}
