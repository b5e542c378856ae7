import type { LabelsShape } from "../check_labels/check_labels.ts";
import { dispatch, kernel, type Operand, workgroupsFor } from "../kernel.ts";
import { elementwise, workgroupSize } from "../lib/elementwise.ts";
import * as wgsl from "./nll_loss.gen.ts";

/** Log-probabilities `[rows, classes, inner]` and labels `[rows, inner]`. */
export interface NllLossShape extends LabelsShape {
  /** Share of the target that is spread evenly over all classes. */
  readonly labelSmoothing: number;
}

/**
 * The loss of each label, `−weight · x` at the label, and the label's weight. With
 * smoothing the loss has that share of `−Σ weight · x / classes`. A label that is
 * ignored has neither loss nor weight; one that is no class has the loss NaN.
 * Without `weight` [classes] all weights are 1.
 */
export const nllLossForward = /* @__PURE__ */ kernel({
  name: "nllLoss",
  operands: {
    x: "read",
    labels: "read",
    weight: "read?",
    losses: "write",
    weights: "write",
  },
  reference(
    { labels, losses, weight, weights, x },
    { classes, ignoreIndex, inner, labelSmoothing }: NllLossShape,
  ) {
    const weightOf = (label: number) => weight === null ? 1 : weight[label];
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i];
      const isClass = label >= 0 && label < classes;
      if (label === ignoreIndex || !isClass) {
        const isIgnored = label === ignoreIndex;
        [losses[i], weights[i]] = isIgnored ? [0, 0] : [NaN, 1];
        continue;
      }
      const row = Math.floor(i / inner);
      const start = row * classes * inner + i - row * inner;
      weights[i] = weightOf(label);
      losses[i] = -weights[i] * x[start + label * inner];
      if (labelSmoothing === 0) continue;
      let sum = 0;
      for (let own = 0; own < classes; own++) {
        sum -= weightOf(own) * x[start + own * inner];
      }
      losses[i] = (1 - labelSmoothing) * losses[i] +
        labelSmoothing / classes * sum;
    }
  },
  webgpu({ labels, losses, weight, weights, x }, shape) {
    const { length } = labels.buffer;
    return [
      dispatch(wgsl.nllLoss, {
        bind: { x, labels, weight: weight ?? x, losses, weights },
        constants: { ...constantsOf(shape, weight), workgroupSize },
        workgroups: workgroupsFor(length, workgroupSize),
        iterations: shape.classes,
      }),
    ];
  },
});

/** The gradient with respect to the log-probabilities. */
export const nllLossGradient = /* @__PURE__ */ kernel({
  name: "nllLossGradient",
  operands: {
    gradOutput: "read",
    labels: "read",
    weight: "read?",
    gradX: "write",
  },
  reference(
    { gradOutput, gradX, labels, weight },
    { classes, ignoreIndex, inner, labelSmoothing }: NllLossShape,
  ) {
    const share = labelSmoothing / classes;
    for (let i = 0; i < gradX.length; i++) {
      const row = Math.floor(i / (inner * classes));
      const own = Math.floor(i / inner) % classes;
      const at = row * inner + i % inner;
      const target = (labels[at] === own ? 1 - labelSmoothing : 0) + share;
      const factor = weight === null ? 1 : weight[own];
      gradX[i] = labels[at] === ignoreIndex || target === 0
        ? 0
        : -gradOutput[at] * factor * target;
    }
  },
  webgpu: ({ gradOutput, gradX, labels, weight }, shape) => [
    elementwise(
      wgsl.nllLossGradient,
      gradX.buffer.length,
      { gradOutput, labels, weight: weight ?? gradOutput, gradX },
      constantsOf(shape, weight),
    ),
  ],
});

function constantsOf(
  { classes, ignoreIndex, inner, labelSmoothing }: NllLossShape,
  weight: Operand | null,
) {
  return {
    classes,
    inner,
    hasIgnored: Number(ignoreIndex !== null),
    ignored: ignoreIndex ?? 0,
    hasWeight: Number(weight !== null),
    labelSmoothing,
  };
}
