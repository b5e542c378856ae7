import type { BinaryKernels } from "../../kernels/lib/binary.ts";
import type { ReductionKernels } from "../../kernels/lib/reduction.ts";
import type { UnaryKernels } from "../../kernels/lib/unary.ts";
import type { Operation } from "./operation.ts";
import { runReference } from "./run.ts";

/** Of `x`. */
export function unary({ forward, gradient }: UnaryKernels): Operation {
  const valueOf = (x: Float64Array) => {
    const output = new Float64Array(x.length);
    return runReference(forward, { x, output }, undefined).output;
  };
  return {
    forward: ({ x }) => valueOf(x),
    backward: (gradOutput, { x }) => {
      const gradX = new Float64Array(x.length);
      const arrays = { gradOutput, x, output: valueOf(x), gradX };
      return { x: runReference(gradient, arrays, undefined).gradX };
    },
  };
}

/** Of `left` and `right`, of one length. */
export function binary(kernels: BinaryKernels): Operation {
  const valueOf = (left: Float64Array, right: Float64Array) => {
    const output = new Float64Array(left.length);
    const arrays = { left, right, axes: null, output };
    return runReference(kernels.forward, arrays, undefined).output;
  };
  return {
    forward: ({ left, right }) => valueOf(left, right),
    backward: (gradOutput, { left, right }) => {
      const output = valueOf(left, right);
      const [gradLeft, gradRight] = [kernels.left, kernels.right].map((one) => {
        if (one === null) return gradOutput;
        const gradient = new Float64Array(output.length);
        const given = { gradOutput, left, right, output, axes: null, gradient };
        return runReference(one.kernel, given, undefined).gradient;
      });
      return { left: gradLeft, right: gradRight };
    },
  };
}

/** Of all elements of `x`. */
export function reduction(
  { forward, gradient }: ReductionKernels,
  factor: number,
): Operation {
  const valueOf = (x: Float64Array) => {
    const arrays = { x, axes: null, output: new Float64Array(1) };
    return runReference(forward, arrays, { factor }).output;
  };
  return {
    forward: ({ x }) => valueOf(x),
    backward: (gradOutput, { x }) => {
      const gradX = new Float64Array(x.length);
      const output = valueOf(x);
      const arrays = { gradOutput, x, output, axes: null, gradX };
      return { x: runReference(gradient, arrays, { factor }).gradX };
    },
  };
}
