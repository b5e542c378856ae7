import { correctCount as correctCountKernel } from "../../kernels/argmax/argmax.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkRank, checkShape } from "./check.ts";

/**
 * How many rows have their largest score at their label. It has no gradient.
 *
 * @param scores `[N, classes]`.
 * @param labels `[N]`, i32.
 * @returns `[1]`, f32: a count.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {TypeError} If `labels` are not i32.
 *
 * @example
 * ```ts
 * import { correctCount, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using scores = Tensor.from(device, [1, 3, 3, 2], [2, 2]);
 * using labels = Tensor.from(device, new Int32Array([1, 1]), [2]);
 * using correct = correctCount(scores, labels);
 * assertEquals(await correct.item(), 1);
 * ```
 *
 * @category Reductions
 */
export function correctCount(
  scores: Tensor,
  labels: Tensor<Shape, "i32">,
): Tensor<[number]> {
  checkDType("correctCount", "scores", scores);
  checkRank("correctCount", "scores", scores.shape, ["N", "classes"]);
  const [batch, classes] = scores.shape;
  checkDType("correctCount", "labels", labels, "i32");
  checkShape("correctCount", "labels", labels.shape, [batch], [
    "scores",
    scores.shape,
  ]);
  const output = Tensor.empty<[number]>(scores.device, [1]);
  const operands = { scores, labels, output };
  scores.device.run(correctCountKernel, operands, { batch, classes });
  return output;
}
