import {
  avgPool2dForward,
  avgPool2dGradient,
} from "../../kernels/avg_pool2d/avg_pool2d.ts";
import { record } from "../core/tape.ts";
import { type Images, Tensor } from "../core/tensor.ts";
import type { Pair } from "./check.ts";
import { pool2dShape } from "./_pool2d.ts";

/** How {@linkcode avgPool2d} slides its window. */
export interface AvgPool2dOptions {
  /** Pixels from one window to the next. Default: the kernel's size. */
  stride?: Pair;
  /** Zeros added on each side. Default 0. */
  padding?: Pair;
  /** Whether these zeros count in the mean. Default true, as in PyTorch. */
  countIncludePad?: boolean;
}

/**
 * The mean of each window.
 *
 * @param x `[N, C, H, W]`.
 * @param kernelSize Size of the window.
 * @param options Stride, padding and what counts.
 * @returns `[N, C, Hout, Wout]`; see {@linkcode outputSize}.
 * @throws {ShapeError} If no window fits, or padding is over half a kernel.
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
 */
export function avgPool2d(
  x: Tensor,
  kernelSize: Pair,
  options: AvgPool2dOptions = {},
): Tensor<Images> {
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
    if (gradX === null) return;
    x.device.run(avgPool2dGradient, { gradOutput, gradX }, shape);
  });
}
