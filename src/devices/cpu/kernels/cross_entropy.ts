import { float, type KernelsOf } from "../_call.ts";

/** Operations that an exponential takes, about. */
const EXPONENTIAL = 10;

/** Softmax with cross-entropy. */
export const crossEntropy: KernelsOf<
  "crossEntropyForward" | "crossEntropyGradient"
> = (caller) => ({
  crossEntropyForward(logits, labels, probabilities, loss, shape) {
    const { batch, classes, labelSmoothing = 0 } = shape;
    const { pointer: losses } = caller.scratch(batch * 8);
    const pointers = [logits, labels, probabilities].map(caller.pointer);
    const words = [
      ...pointers,
      losses,
      batch,
      classes,
      float(labelSmoothing),
    ];
    caller.run("crossEntropyRows", words, batch * classes * EXPONENTIAL);
    caller.run("crossEntropyMean", [losses, caller.pointer(loss), batch], 0);
  },
  crossEntropyGradient(gradLoss, probabilities, labels, gradLogits, shape) {
    const { batch, classes, labelSmoothing = 0 } = shape;
    const operands = [gradLoss, probabilities, labels, gradLogits];
    const words = [
      ...operands.map(caller.pointer),
      batch,
      classes,
      float(labelSmoothing),
    ];
    caller.run("crossEntropyGradient", words, batch * classes);
  },
});
