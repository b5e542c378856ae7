import { broadcastAxes, reductionAxes } from "../../kernels/lib/axes.ts";
import {
  type ReductionDefinition,
  type ReductionKernels,
  reductionKernels,
} from "../../kernels/lib/reduction.ts";
import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { record } from "../core/tape.ts";
import { type AnyTensor, type Shape, Tensor } from "../core/tensor.ts";
import type {
  ReductionArguments,
  ReductionOptions,
} from "../core/tensor_methods.ts";
import { constantOf } from "./_constant.ts";
import { checkDType, text } from "./check.ts";

/**
 * Combines the elements along some axes, or all, into one.
 *
 * @throws {RangeError} If `dim` names an axis twice, or one that is not there.
 * @throws {TypeError} If the elements are not f32.
 */
export interface ReductionOperation {
  /**
   * Of all elements, `[1]`, or along some axes: the shape of `x` without them,
   * or with size 1 there.
   *
   * @param axes Options, or `dim` and `keepdim` by position.
   */
  (x: Tensor, ...axes: ReductionArguments): Tensor;
}

/** An operation made of the kernels of a reduction. */
export interface ScaledReduction {
  /** The name in errors. Default: the name of its kernels. */
  readonly name?: string;
  /**
   * What the result is multiplied by, from the number of elements that are
   * combined. Default: 1.
   */
  readonly factor?: (count: number) => number;
}

/**
 * Makes an operation of a line of arithmetic that combines two numbers, and its
 * gradient: kernels of both devices, axes, and what the tape needs.
 *
 * @param definition The arithmetic, or the kernels that it was made into.
 * @param options Its name and factor.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor } from "@x/mnist-cnn";
 * import { reduction } from "@x/mnist-cnn/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const product = reduction({
 *   name: "product",
 *   reference: {
 *     initial: 1,
 *     combine: (total, x) => total * x,
 *     gradient: (g, x, y) => g * y / x,
 *   },
 *   wgsl: { initial: "1.0", combine: "total * x", gradient: "g * y / x" },
 * });
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
 * using rows = product(x, { dim: 1 });
 * assertEquals(await rows.data(), new Float32Array([2, 12]));
 * ```
 */
export function reduction(
  definition: ReductionDefinition | ReductionKernels,
  { factor: factorOf = () => 1, name: given }: ScaledReduction = {},
): ReductionOperation {
  const { forward, gradient, saved } = "forward" in definition
    ? definition
    : reductionKernels(definition);
  const name = given ?? forward.name;
  const operation = (x: Tensor, ...given: ReductionArguments): AnyTensor => {
    const options = optionsOf(given);
    checkOptions(name, options, ["dim", "keepdim"]);
    checkDType(name, "x", x);
    const { device, shape } = x;
    const { kept, reduced, removed } = shapesOf(name, shape, options);
    const output = Tensor.empty(device, options.keepdim ? kept : removed);
    const factor = { factor: factorOf(x.length / output.length) };
    const axesOf = (words: () => Int32Array) =>
      output.length === 1 ? null : constantOf(device, words());
    const axes = axesOf(() =>
      reductionAxes(shape, (axis) => reduced.has(axis))
    );
    device.run(forward, { x, axes, output }, factor);
    return record(output, [x], (gradOutput, [gradX]) => {
      device.run(gradient, {
        gradOutput,
        x: saved.x ? x : null,
        output: saved.output ? output : null,
        axes: axesOf(() => broadcastAxes(shape, kept, [])),
        gradX,
      }, factor);
    });
  };
  return operation;
}

/** Axes by position as options. */
function optionsOf(
  [first = {}, keepdim]: ReductionArguments,
): ReductionOptions {
  const isPosition = typeof first === "number" || Array.isArray(first);
  return isPosition ? { dim: first, keepdim } : first as ReductionOptions;
}

/** The reduced axes, and the shape with and without them. */
function shapesOf(
  name: string,
  shape: Shape,
  { dim, keepdim = false }: ReductionOptions,
) {
  const rank = shape.length;
  const given = dim === undefined
    ? shape.map((_, axis) => axis)
    : typeof dim === "number"
    ? [dim]
    : dim;
  const reduced = new Set(given.map((axis) => axis < 0 ? axis + rank : axis));
  const areAxes = [...reduced].every((axis) =>
    Number.isInteger(axis) && axis >= 0 && axis < rank
  );
  if (!areAxes || reduced.size < given.length) {
    throw new RangeError(describe({
      what: `${name}: dim`,
      expected: `different axes of ${text(shape)}, from ${-rank} to ${
        rank - 1
      }`,
      got: given.join(", "),
      help: "Leave it out for all axes.",
    }));
  }
  const kept = shape.map((size, axis) => reduced.has(axis) ? 1 : size);
  const rest = shape.filter((_, axis) => !reduced.has(axis));
  const isAll = dim === undefined && !keepdim || rest.length === 0;
  return { kept, reduced, removed: isAll ? [1] : rest };
}
