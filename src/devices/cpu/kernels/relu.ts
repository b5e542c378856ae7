import type { KernelsOf } from "../_call.ts";

/** The rectified linear unit. */
export const relu: KernelsOf<"reluForward" | "reluGradient"> = (caller) => ({
  reluForward(x, output) {
    const { length } = output.buffer;
    const words = [caller.pointer(x), caller.pointer(output), length];
    caller.run("reluForward", words, length);
  },
  reluGradient(gradOutput, output, gradX) {
    const { length } = gradX.buffer;
    const pointers = [gradOutput, output, gradX].map(caller.pointer);
    caller.run("reluGradient", [...pointers, length], length);
  },
});
