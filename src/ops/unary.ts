import {
  type UnaryDefinition,
  type UnaryKernels,
  unaryKernels,
  type UnaryParameters,
} from "../../kernels/lib/unary.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkNumber } from "./check.ts";

/**
 * A function of one number, element by element.
 *
 * @typeParam P Parameters, numbers; inside a captured function they stay what
 * they were.
 * @param x Any shape.
 * @param parameters In their order; those that are left out have their defaults.
 * @returns The shape of `x`.
 * @throws {TypeError} If the elements are not f32, or a parameter is no number.
 * @throws {RangeError} If a parameter is not finite.
 */
export type UnaryOperation<
  P extends readonly (number | undefined)[] = [],
> = <S extends Shape>(x: Tensor<S>, ...parameters: P) => Tensor<S>;

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
): UnaryOperation;
/** Makes an operation that has parameters. */
export function unary<P extends UnaryParameters>(
  definition: UnaryDefinition<P> | UnaryKernels<P>,
): UnaryOperation<(number | undefined)[]>;
export function unary<P extends UnaryParameters>(
  definition: UnaryDefinition<P> | UnaryKernels<P>,
): UnaryOperation<(number | undefined)[]> {
  const { forward, gradient, parameters, saved } = "forward" in definition
    ? definition
    : unaryKernels(definition);
  const { name } = forward;
  return <S extends Shape>(
    x: Tensor<S>,
    ...given: (number | undefined)[]
  ): Tensor<S> => {
    checkDType(name, "x", x);
    const values = parametersOf(name, parameters, given);
    const { device } = x;
    const output = Tensor.empty<S>(device, x.shape);
    device.run(forward, { x, output }, values);
    return record(output, [x], (gradOutput, [gradX]) => {
      device.run(gradient, {
        gradOutput,
        x: saved.x ? x : null,
        output: saved.output ? output : null,
        gradX,
      }, values);
    });
  };
}

/** The parameters by name, from the arguments in their order. */
function parametersOf<P extends UnaryParameters>(
  operation: string,
  defaults: P | undefined,
  given: readonly (number | undefined)[],
): P {
  const entries = Object.entries(defaults ?? {});
  return Object.fromEntries(
    entries.map(([name, byDefault], at) => {
      const value = given[at] ?? byDefault;
      checkNumber(`${operation}: ${name}`, value, Number.isFinite(byDefault));
      return [name, value];
    }),
  ) as P;
}
