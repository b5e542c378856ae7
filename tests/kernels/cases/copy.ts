import { copy } from "../../../kernels/copy/copy.ts";
import {
  type KernelCase,
  lengths,
  random,
  randomIntegers,
} from "./_harness.ts";

/** Copies of every element type. */
export const copyCases: readonly KernelCase[] = lengths.flatMap(
  (length): KernelCase[] => [
    {
      name: `copy: ${length} elements`,
      run: (harness) => {
        const source = random(length, 6).with(0, NaN);
        const output = new Float64Array(length);
        harness.check(copy, { source, output }, undefined);
      },
    },
    {
      name: `copy: ${length} i32 elements`,
      run: (harness) => {
        const source = Int32Array.from(
          random(length, 7),
          (value) => value * 2 ** 31,
        );
        const output = new Int32Array(length);
        harness.check(copy, { source, output }, undefined);
      },
    },
    {
      name: `copy: ${length} bytes`,
      run: (harness) => {
        const source = Uint8Array.from(randomIntegers(length, 256, 11));
        const output = new Uint8Array(length);
        harness.check(copy, { source, output }, undefined);
      },
    },
  ],
);
