import { float, type KernelsOf } from "../_call.ts";

/** Operations that an exponential takes, about. */
const EXPONENTIAL = 10;

/** Softmax with cross-entropy, and its gradient. */
export const crossEntropy: KernelsOf<"crossEntropy"> = (caller) => ({
  crossEntropy(logits, labels, gradLogits, loss, sums, shape) {
    const { batch, classes, labelSmoothing = 0 } = shape;
    const { pointer: losses } = caller.scratch(batch * 12);
    const pointers = [logits, labels, gradLogits].map(caller.pointer);
    const words = [
      ...pointers,
      losses,
      batch,
      classes,
      float(labelSmoothing),
    ];
    caller.run("crossEntropyRows", words, batch * classes * EXPONENTIAL);
    const results = [loss, sums].map(caller.pointer);
    caller.run("crossEntropyMean", [losses, ...results, batch], 0);
  },
});
