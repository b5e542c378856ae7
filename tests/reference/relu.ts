import { reluKernels } from "../../kernels/relu/relu.ts";
import { runReference } from "./run.ts";

/** The rectified linear unit of an array. */
export function reluForward(x: Float64Array): Float64Array {
  const output = new Float64Array(x.length);
  return runReference(reluKernels.forward, { x, output }, undefined).output;
}

/** Its gradient with respect to `x`, from the output. */
export function reluGradient(
  gradOutput: Float64Array,
  output: Float64Array,
): Float64Array {
  const gradX = new Float64Array(output.length);
  const arrays = { gradOutput, x: null, output, gradX };
  return runReference(reluKernels.gradient, arrays, undefined).gradX;
}
