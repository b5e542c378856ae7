import { noteFault } from "../check_labels/check_labels.ts";
import { dispatch, kernel, Scratch } from "../kernel.ts";
import { workgroupSize } from "../lib/elementwise.ts";
import { type ClassesShape, largestColumn } from "../lib/largest_column.ts";
import { reductionIterations } from "../lib/reduce.ts";
import * as wgsl from "./cross_entropy.gen.ts";
import * as simd from "./simd.gen.ts";

/** Scores of a batch against labels that may be smoothed. */
export interface CrossEntropyShape extends ClassesShape {
  /**
   * Share of the target that is spread evenly over all classes: the label's own
   * probability becomes `1 − labelSmoothing + labelSmoothing / classes`.
   * Default 0.
   */
  readonly labelSmoothing?: number;
}

/** Operations that an exponential takes, about. */
const exponentialWork = 10;

/**
 * The mean over the batch of `−log softmax(logits)` at the label into `loss`
 * (`[1]`), and its gradient with respect to the logits,
 * `(softmax(logits) − target) / batch`, into `gradLogits`; both `[batch,
 * classes]`. `labels` is i32 `[batch]`; one out of range makes the loss NaN. With
 * smoothing it is the cross-entropy against the smoothed target. To `sums`
 * (`[2]`, or null) the loss is added, and the number of correct predictions: rows
 * with their largest logit at their label. In `fault` (or null) the first label
 * out of range is noted, see {@linkcode checkLabels}.
 *
 * The largest logit of a row is taken off before `exp`, so that none overflows.
 * Sums run over classes, then over the batch.
 */
export const crossEntropy = /* @__PURE__ */ kernel({
  name: "crossEntropy",
  operands: {
    logits: "read",
    labels: "read",
    gradLogits: "write",
    loss: "write",
    sums: "update?",
    fault: "update?",
  },
  reference(
    { fault, gradLogits, labels, logits, loss, sums },
    { batch, classes, labelSmoothing = 0 }: CrossEntropyShape,
  ) {
    if (fault !== null) {
      noteFault(fault, labels, { classes, inner: 1, ignoreIndex: null });
    }
    const share = labelSmoothing / classes;
    let total = 0;
    let correct = 0;
    for (let row = 0; row < batch; row++) {
      const start = row * classes;
      const label = labels[row];
      const best = largestColumn(logits, row, classes);
      const largest = logits[start + best];
      if (best === label) correct++;
      let sum = 0;
      let scoreSum = 0;
      for (let i = start; i < start + classes; i++) {
        sum += Math.exp(logits[i] - largest);
        scoreSum += logits[i];
      }
      for (let i = start; i < start + classes; i++) {
        const own = i === start + label ? 1 - labelSmoothing : 0;
        const probability = Math.exp(logits[i] - largest) / sum;
        gradLogits[i] = (probability - (own + share)) / batch;
      }
      // Without smoothing −∞ away from the label costs nothing: not 0 · −∞.
      const others = labelSmoothing > 0 ? share * scoreSum : 0;
      const expected = (1 - labelSmoothing) * logits[start + label] + others;
      total += label >= 0 && label < classes
        ? Math.log(sum) + largest - expected
        : NaN;
    }
    loss[0] = total / batch;
    if (sums === null) return;
    sums[0] += loss[0];
    sums[1] += correct;
  },
  webgpu(
    { fault, gradLogits, labels, logits, loss, sums },
    { batch, classes, labelSmoothing = 0 },
  ) {
    const bind = {
      scores: logits,
      labels,
      gradLogits,
      loss,
      sums: sums ?? new Scratch(2),
      fault: fault ?? new Scratch(4, "i32"),
    };
    return [
      dispatch(wgsl.crossEntropy, {
        bind,
        constants: { batch, classes, labelSmoothing, workgroupSize },
        workgroups: [1, 1, 1],
        iterations: reductionIterations(batch) * (3 * classes + 1),
      }),
    ];
  },
  wasm(
    { fault, gradLogits, labels, logits, loss, sums },
    { batch, classes, labelSmoothing = 0 },
    cpu,
  ) {
    const { pointer: losses } = cpu.threadMemory(batch * 12);
    return [
      simd.crossEntropyRows({
        logits,
        labels,
        gradLogits,
        losses,
        batch,
        classes,
        labelSmoothing,
      }, { work: batch * classes * exponentialWork }),
      simd.crossEntropyMean({
        losses,
        loss,
        sums,
        labels,
        fault,
        batch,
        classes,
      }),
    ];
  },
});
