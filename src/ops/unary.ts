import {
  type UnaryDefinition,
  type UnaryKernels,
  unaryKernels,
} from "../../kernels/lib/unary.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkDType } from "./check.ts";

/**
 * A function of one number, element by element.
 *
 * @param x Any shape.
 * @returns The shape of `x`.
 * @throws {TypeError} If the elements are not f32.
 */
export type UnaryOperation = <S extends Shape>(x: Tensor<S>) => Tensor<S>;

/**
 * Makes an operation of a line of arithmetic and its gradient: kernels of both
 * devices, and what the tape needs.
 *
 * @param definition The arithmetic, or the kernels that it was made into.
 *
 * @example
 * ```ts
 * import { openDevice, sum, Tape, Tensor } from "@x/mnist-cnn";
 * import { unary } from "@x/mnist-cnn/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const square = unary({
 *   name: "square",
 *   reference: { value: (x) => x * x, gradient: (g, x) => g * 2 * x },
 *   wgsl: { value: "x * x", gradient: "g * 2 * x" },
 * });
 *
 * using device = await openDevice({ device: "cpu" });
 * const x = Tensor.from(device, [1, 2, 3], [3], { requiresGrad: true });
 * {
 *   using tape = new Tape();
 *   tape.backward(sum(square(x)));
 * }
 * assertEquals(await x.grad?.data(), new Float32Array([2, 4, 6]));
 * ```
 */
export function unary(
  definition: UnaryDefinition | UnaryKernels,
): UnaryOperation {
  const { forward, gradient, saved } = "forward" in definition
    ? definition
    : unaryKernels(definition);
  return <S extends Shape>(x: Tensor<S>): Tensor<S> => {
    checkDType(forward.name, "x", x, "f32");
    const { device } = x;
    const output = Tensor.empty<S>(device, x.shape);
    device.run(forward, { x, output });
    return record(output, [x], (gradOutput, [gradX]) => {
      if (gradX === null) return;
      device.run(gradient, {
        gradOutput,
        x: saved.x ? x : null,
        output: saved.output ? output : null,
        gradX,
      });
    });
  };
}
