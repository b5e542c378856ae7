import { oneHotKernel } from "../../kernels/one_hot/one_hot.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkWhole } from "./check.ts";

/**
 * A row for each label: 1 in its column, 0 in the others. It has no gradient.
 *
 * @param labels i32, any shape. A label that is no column makes a row of NaN.
 * @param numClasses Columns, which PyTorch can find out by itself: here that
 * would be a read back from the device.
 * @returns f32, as losses and products take it, and not integers as PyTorch has
 * it: the shape of `labels`, and `numClasses`.
 * @throws {RangeError} If `numClasses` is no whole number of at least 1.
 * @throws {TypeError} If the labels are not i32.
 *
 * @example
 * ```ts
 * import { oneHot, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using labels = Tensor.from(device, new Int32Array([1, 0]), [2]);
 * using rows = oneHot(labels, 3);
 * assertEquals(rows.shape, [2, 3]);
 * assertEquals(await rows.data(), new Float32Array([0, 1, 0, 1, 0, 0]));
 * ```
 *
 * @category Shape operations
 */
export function oneHot(
  labels: Tensor<Shape, "i32">,
  numClasses: number,
): Tensor {
  checkDType("oneHot", "labels", labels, "i32");
  checkWhole("oneHot", "numClasses", [numClasses], 1);
  const { device, shape } = labels;
  const output = Tensor.empty(device, [...shape, numClasses]);
  device.run(oneHotKernel, { labels, output }, { classes: numClasses });
  return output;
}
