import type { Operand, WasmCall } from "../kernel.ts";
import { type BinaryKernels, binaryKernels } from "../lib/binary.ts";
import * as simd from "./simd.gen.ts";

/** `left · right`. */
export const mulKernels: BinaryKernels = binaryKernels({
  name: "mul",
  reference: {
    value: (a, b) => a * b,
    left: (g, _a, b) => g * b,
    right: (g, a) => g * a,
  },
  wgsl: { value: "a * b", left: "g * b", right: "g * a" },
  simd: {
    value: ({ left, output, right }) => product(left, right, output),
    left: ({ gradOutput, gradient, right }) =>
      product(gradOutput, right!, gradient),
    right: ({ gradOutput, gradient, left }) =>
      product(gradOutput, left!, gradient),
  },
});

/** A product in which one operand may be a number. */
function product(left: Operand, right: Operand, output: Operand): WasmCall {
  const { length } = output.buffer;
  const work = { work: length };
  if (right.buffer.length !== length) {
    return simd.scale({ x: left, factor: right, output, length }, work);
  }
  if (left.buffer.length !== length) {
    return simd.scale({ x: right, factor: left, output, length }, work);
  }
  return simd.mul({ left, right, output, length }, work);
}
