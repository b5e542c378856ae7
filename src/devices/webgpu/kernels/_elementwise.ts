import type { Operand } from "../../device.ts";
import { type KernelRecord, line } from "../kernel_record.ts";

/** Invocations of a workgroup: as many as every WebGPU device can run. */
export const workgroupSize = 256;

/**
 * Passes of an invocation where one workgroup sums `count` elements, and then
 * the sums by halves.
 */
export function reductionPasses(count: number): number {
  return Math.ceil(count / workgroupSize) + Math.log2(workgroupSize);
}

/** What decides how often a kernel of one invocation per element runs. */
export interface Elements {
  /** How many elements the output has. */
  length: number;
}

/** How many elements an operand has. */
export function elements(operand: Operand): Elements {
  return { length: operand.buffer.length };
}

/** A kernel record, but for what is the same for all kernels of a kind. */
type Part<Shape> =
  & Omit<KernelRecord<Shape>, "constants" | "workgroups">
  & Partial<Pick<KernelRecord<Shape>, "constants">>;

/**
 * Completes the record of a kernel with one invocation per element. Its length
 * is no constant but that of the bound buffer, `arrayLength`: one pipeline
 * serves all lengths, and to compile one takes some 20 ms.
 */
export function elementwise<Shape extends Elements = Elements>(
  part: Part<Shape>,
): KernelRecord<Shape> {
  return {
    ...part,
    constants: (shape) => ({
      ...part.constants?.(shape),
      workgroupSize,
    }),
    workgroups: ({ length }) => line(length, workgroupSize),
  };
}
