import type { CpuTraits } from "../kernel.ts";

/**
 * Memory for the time of a call, as the arguments of a function that has it.
 *
 * @param bytes How many bytes each thread needs.
 */
export function threadMemory(
  cpu: CpuTraits,
  bytes: number,
): { readonly memory: number; readonly memoryStride: number } {
  const { pointer, stride } = cpu.threadMemory(bytes);
  return { memory: pointer, memoryStride: stride };
}
