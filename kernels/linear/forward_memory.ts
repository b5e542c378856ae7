import type { CpuTraits } from "../kernel.ts";
import { threadMemory } from "../lib/thread_memory.ts";

/** Memory for the lanes of 256 rows by 8 columns: `simd/forward.ts`. */
export function forwardMemory(cpu: CpuTraits) {
  return threadMemory(cpu, 256 * 8 * 16);
}
