import { whereForward } from "../../kernels/where/where.ts";
import { record } from "../core/tape.ts";
import { Tensor } from "../core/tensor.ts";
import { axesFor, broadcastShape, summed } from "./_broadcast.ts";
import { constantOf } from "./_constant.ts";
import { checkDType } from "./check.ts";

/**
 * Elements of `input` where the condition holds, and of `other` elsewhere. All
 * three are broadcast by NumPy's rules.
 *
 * @param condition 0 where it does not hold: the result of a comparison. It gets
 * no gradient.
 * @param input A tensor or a number.
 * @param other A tensor or a number.
 * @returns The shape to which all three are broadcast.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {TypeError} If elements are not f32.
 *
 * @example
 * ```ts
 * import { gt, openDevice, Tensor, where } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [-2, 3], [2]);
 * using y = where(gt(x, 0), x, 0.5);
 * assertEquals(await y.data(), new Float32Array([0.5, 3]));
 * ```
 *
 * @category Elementwise operations
 */
export function where(
  condition: Tensor,
  input: Tensor | number,
  other: Tensor | number,
): Tensor {
  const { device } = condition;
  const [a, b] = [input, other].map((operand) =>
    typeof operand === "number"
      ? constantOf(device, Float32Array.of(operand))
      : operand
  );
  checkDType("where", "condition", condition);
  checkDType("where", "input", a);
  checkDType("where", "other", b);
  const both = broadcastShape("where", a.shape, b.shape, "other");
  const shape = broadcastShape("where", both, condition.shape, "condition");
  const output = Tensor.empty(device, shape);
  choose(condition, a, b, output);
  return record(output, [a, b], (gradOutput, [gradA, gradB]) => {
    const zero = constantOf(device, Float32Array.of(0));
    summed(gradA, shape, (whole) => choose(condition, gradOutput, zero, whole));
    summed(gradB, shape, (whole) => choose(condition, zero, gradOutput, whole));
  });
}

/** Writes the output. */
function choose(
  condition: Tensor,
  a: Tensor,
  b: Tensor,
  output: Tensor,
): void {
  const { device, shape } = output;
  const axes = axesFor(device, shape, [condition, a, b]);
  device.run(whereForward, { condition, a, b, axes, output });
}
