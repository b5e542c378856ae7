import type { KernelsOf } from "../_call.ts";

/** What scores decide. */
export const classes: KernelsOf<"argmax" | "correctCount"> = (caller) => ({
  argmax(scores, output, { batch, classes }) {
    const pointers = [scores, output].map(caller.pointer);
    caller.run("argmax", [...pointers, batch, classes], batch * classes);
  },
  correctCount(scores, labels, output, { batch, classes }) {
    const pointers = [scores, labels, output].map(caller.pointer);
    caller.run("correctCount", [...pointers, batch, classes], 0);
  },
});
