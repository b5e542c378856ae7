import { argmax as argmaxKernel } from "../../kernels/argmax/argmax.ts";
import { Tensor } from "../core/tensor.ts";
import { checkRank } from "./check.ts";

/**
 * The column of each row's largest score; the first of equal ones. It has no
 * gradient.
 *
 * @param scores `[N, classes]`.
 * @returns `[N]`, i32: the predicted classes.
 * @throws {ShapeError} If `scores` has not two dimensions.
 *
 * @example
 * ```ts
 * import { argmax, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using scores = Tensor.from(device, [1, 3, 2], [1, 3]);
 * using predictions = argmax(scores);
 * assertEquals(await predictions.data(), new Int32Array([1]));
 * ```
 */
export function argmax(scores: Tensor): Tensor<[number], "i32"> {
  checkRank("argmax", "scores", scores.shape, ["N", "classes"]);
  const [batch, classes] = scores.shape;
  const size: [number] = [batch];
  const output = Tensor.empty(scores.device, size, "i32");
  scores.device.run(argmaxKernel, { scores, output }, { batch, classes });
  return output;
}
