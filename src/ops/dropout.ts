import { mulKernels } from "../../kernels/mul/mul.ts";
import { advance } from "../../kernels/advance/advance.ts";
import { dropoutForward } from "../../kernels/dropout/dropout.ts";
import { describe } from "../base/errors.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkShape } from "./check.ts";

/**
 * Sets each element to 0 with a probability and scales the others by
 * `1 / (1 − probability)`, so that the expected value stays (Srivastava et al.,
 * 2014). Every call draws anew, also in a captured function.
 *
 * @param x Any shape.
 * @param probability Of an element to be dropped, 0 ≤ p ≤ 1.
 * @param state i32 `[2]`: draws so far and seed. The call counts one draw.
 * @returns The shape of `x`.
 * @throws {RangeError} If the probability is out of range.
 *
 * @example
 * ```ts
 * import { dropout, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using state = Tensor.from(device, new Int32Array([0, 42]), [2]);
 * using x = Tensor.from(device, [1, 2, 3], [3]);
 * using y = dropout(x, 0, state);
 * assertEquals(await y.data(), await x.data());
 * ```
 *
 * @category Operations of layers
 */
export function dropout<S extends Shape>(
  x: Tensor<S>,
  probability: number,
  state: Tensor<Shape, "i32">,
): Tensor<S> {
  return dropAreas("dropout", x, probability, state, 1);
}

/** Drops neighbouring elements together: those of each `area`. */
export function dropAreas<S extends Shape>(
  name: string,
  x: Tensor<S>,
  probability: number,
  state: Tensor<Shape, "i32">,
  area: number,
): Tensor<S> {
  checkProbability(name, probability);
  checkDType(name, "input", x);
  checkDType(name, "state", state, "i32");
  checkShape(name, "state", state.shape, [2]);
  const mask = Tensor.empty<S>(x.device, x.shape);
  const output = Tensor.empty<S>(x.device, x.shape);
  const operands = { x, state, mask, output };
  x.device.run(dropoutForward, operands, { probability, area });
  x.device.run(advance, { counter: state }, 1);
  return record(output, [x], (gradOutput, [gradX]) => {
    x.device.run(mulKernels.forward, {
      left: gradOutput,
      right: mask,
      axes: null,
      output: gradX,
    });
  });
}

/** Throws unless a number is a probability. */
export function checkProbability(what: string, probability: number): void {
  const isNumber = typeof probability === "number";
  if (isNumber && probability >= 0 && probability <= 1) return;
  throw new RangeError(describe({
    what: `${what}: probability`,
    expected: "0 ≤ probability ≤ 1",
    got: isNumber ? String(probability) : typeof probability,
    help: "Give the share of elements to drop, 0.5 for instance.",
  }));
}
