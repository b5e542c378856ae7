import {
  maxPool2dForward,
  maxPool2dGradient,
} from "../../kernels/max_pool2d/max_pool2d.ts";
import { record } from "../core/tape.ts";
import { type Images, Tensor } from "../core/tensor.ts";
import { checkDType, type Pair } from "./check.ts";
import { type WindowArguments, windowOptions } from "./window_arguments.ts";
import { pool2dShape } from "./_pool2d.ts";
import type { WindowOptions } from "./_window.ts";

/**
 * How {@linkcode maxPool2d} slides its window: stride is the kernel's size.
 *
 * @category Operations of layers
 */
export interface MaxPool2dOptions extends WindowOptions {
  /**
   * Whether the last window may reach over the edge, see {@linkcode outputSize}.
   * Default false.
   */
  ceilMode?: boolean;
}

/** Their names. */
export const maxPool2dOptions = [
  "stride",
  "padding",
  "dilation",
  "ceilMode",
] as const satisfies readonly (
  keyof MaxPool2dOptions
)[];

/**
 * The largest element of each window; of equal ones the gradient goes to the
 * first in scan order, as in PyTorch.
 *
 * @param x `[N, C, H, W]`.
 * @param kernelSize Size of the window.
 * @param given Stride (default: the kernel's size), padding (0), dilation (1) and
 * `ceilMode` (false). Stride and padding may stand before the options:
 * `maxPool2d(x, 3, 2, 1)`.
 * @returns `[N, C, Hout, Wout]`; see {@linkcode outputSize}.
 * @throws {ShapeError} If no window fits, padding is over half a kernel, or a
 * window would lie wholly in the padding.
 * @throws {TypeError} If there is an option of another name.
 *
 * @example
 * ```ts
 * import { maxPool2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4], [1, 1, 2, 2]);
 * using y = maxPool2d(x, 2);
 * assertEquals(y.shape, [1, 1, 1, 1]);
 * assertEquals(await y.item(), 4);
 * ```
 *
 * @category Operations of layers
 */
export function maxPool2d(
  x: Tensor,
  kernelSize: Pair,
  ...given: WindowArguments<MaxPool2dOptions>
): Tensor {
  const options = windowOptions("maxPool2d", given, maxPool2dOptions);
  checkDType("maxPool2d", "input", x);
  const shape = pool2dShape("maxPool2d", x.shape, kernelSize, options);
  const { batch, channels, outHeight, outWidth } = shape;
  const size: Images = [batch, channels, outHeight, outWidth];
  const output = Tensor.empty(x.device, size);
  const indices = Tensor.empty(x.device, size, "i32");
  x.device.run(maxPool2dForward, { x, output, indices }, shape);
  return record(output, [x], (gradOutput, [gradX]) => {
    x.device.run(maxPool2dGradient, { gradOutput, indices, gradX }, shape);
  });
}
