import { accumulate } from "../../../kernels/accumulate/accumulate.ts";
import { type KernelCase, lengths, random } from "./_harness.ts";

/** Sums in place. */
export const accumulateCases: readonly KernelCase[] = lengths.map((length) => ({
  name: `accumulate: ${length} elements`,
  run: (harness) => {
    const source = random(length, 4);
    // In f32, so that the reference rounds as a device does.
    const destination = Float32Array.from(random(length, 5));
    harness.check(accumulate, { source, destination }, undefined);
  },
}));
