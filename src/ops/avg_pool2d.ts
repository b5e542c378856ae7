import {
  avgPool2dForward,
  avgPool2dGradient,
} from "../../kernels/avg_pool2d/avg_pool2d.ts";
import { record } from "../core/tape.ts";
import { type Images, Tensor } from "../core/tensor.ts";
import { checkDType, type Pair } from "./check.ts";
import { type WindowArguments, windowOptions } from "./window_arguments.ts";
import { pool2dShape } from "./_pool2d.ts";

/**
 * How {@linkcode avgPool2d} slides its window.
 *
 * @category Operations of layers
 */
export interface AvgPool2dOptions {
  /** Pixels from one window to the next. Default: the kernel's size. */
  stride?: Pair;
  /** Zeros added on each side. Default 0. */
  padding?: Pair;
  /**
   * Whether the last window may reach over the edge, see {@linkcode outputSize}.
   * What it has there does not count in the mean. Default false.
   */
  ceilMode?: boolean;
  /** Whether the padding counts in the mean. Default true, as in PyTorch. */
  countIncludePad?: boolean;
}

/** Their names. */
export const avgPool2dOptions = [
  "stride",
  "padding",
  "ceilMode",
  "countIncludePad",
] as const satisfies readonly (
  keyof AvgPool2dOptions
)[];

/**
 * The mean of each window.
 *
 * @param x `[N, C, H, W]`.
 * @param kernelSize Size of the window.
 * @param given Stride (default: the kernel's size), padding (0), `ceilMode`
 * (false) and `countIncludePad` (true). Stride and padding may stand before the
 * options: `avgPool2d(x, 3, 2, 1)`.
 * @returns `[N, C, Hout, Wout]`; see {@linkcode outputSize}.
 * @throws {ShapeError} If no window fits, or padding is over half a kernel.
 * @throws {TypeError} If there is an option of another name.
 *
 * @example
 * ```ts
 * import { avgPool2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4], [1, 1, 2, 2]);
 * using y = avgPool2d(x, 2);
 * assertEquals(await y.item(), 2.5);
 * ```
 *
 * @category Operations of layers
 */
export function avgPool2d(
  x: Tensor,
  kernelSize: Pair,
  ...given: WindowArguments<AvgPool2dOptions>
): Tensor {
  const options = windowOptions("avgPool2d", given, avgPool2dOptions);
  checkDType("avgPool2d", "input", x);
  const { countIncludePad = true, ...window } = options;
  const shape = {
    ...pool2dShape("avgPool2d", x.shape, kernelSize, window),
    countIncludePad,
  };
  const { batch, channels, outHeight, outWidth } = shape;
  const size: Images = [batch, channels, outHeight, outWidth];
  const output = Tensor.empty(x.device, size);
  x.device.run(avgPool2dForward, { x, output }, shape);
  return record(output, [x], (gradOutput, [gradX]) => {
    x.device.run(avgPool2dGradient, { gradOutput, gradX }, shape);
  });
}
