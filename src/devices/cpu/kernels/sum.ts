import { float, type KernelsOf } from "../_call.ts";

/** Sum of all elements. */
export const sum: KernelsOf<"sum"> = (caller) => ({
  sum(x, output, factor) {
    const { length } = x.buffer;
    const { pointer: sums } = caller.scratch(8);
    const words = [caller.pointer(x), sums, length];
    const parts = caller.run("sumOfParts", words, length);
    const last = [sums, caller.pointer(output), parts, float(factor)];
    caller.run("sumOfSums", last, 0);
  },
});
