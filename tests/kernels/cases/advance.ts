import { advance } from "../../../kernels/advance/advance.ts";
import type { KernelCase } from "./_harness.ts";

/** Counters. */
export const advanceCases: readonly KernelCase[] = [3, -2].map((amount) => ({
  name: `advance: by ${amount}, and the first element alone`,
  run: (harness) => {
    const counter = Int32Array.of(16_777_216, 77);
    harness.check(advance, { counter }, amount);
  },
}));
