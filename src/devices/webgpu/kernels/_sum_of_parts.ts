import { sumOfPartsSource } from "../../../../kernels/sum_of_parts.gen.ts";
import { type KernelRecord, line } from "../kernel_record.ts";

/** Elements that a workgroup makes. */
const elementsEach = 16;

/** Adds parts `[parts, length]` in a fixed order; its shape is `length`. */
export function sumOfParts(name: string): KernelRecord<number> {
  return {
    name,
    source: sumOfPartsSource,
    file: "kernels/sum_of_parts.wgsl",
    entryPoint: "sumOfParts",
    bindings: ["read", "write"],
    constants: () => ({}),
    workgroups: (length) => line(length, elementsEach),
  };
}
