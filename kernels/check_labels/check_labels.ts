import { dispatch, kernel, type NumberArray } from "../kernel.ts";
import { workgroupSize } from "../lib/elementwise.ts";
import { reductionIterations } from "../lib/reduce.ts";
import * as wgsl from "./check_labels.gen.ts";

/** Labels that are classes, from 0. */
export interface LabelsShape {
  /** How many classes there are. */
  readonly classes: number;
  /** Labels of a row: 1, or the pixels of an image. */
  readonly inner: number;
  /** A label that is no class and is left out; null for none. */
  readonly ignoreIndex: number | null;
}

/**
 * Notes the first label that is no class, in four words: one more than its
 * index, the label, classes, and labels of a row. A fault that is noted already
 * stays. The host reads it where a loss is NaN.
 */
export const checkLabels = /* @__PURE__ */ kernel({
  name: "checkLabels",
  operands: { labels: "read", fault: "update" },
  reference({ fault, labels }, shape: LabelsShape) {
    noteFault(fault, labels, shape);
  },
  webgpu: ({ fault, labels }, { classes, ignoreIndex, inner }) => [
    dispatch(wgsl.checkLabels, {
      bind: { labels, fault },
      constants: {
        classes,
        inner,
        hasIgnored: Number(ignoreIndex !== null),
        ignored: ignoreIndex ?? 0,
        workgroupSize,
      },
      workgroups: [1, 1, 1],
      iterations: reductionIterations(labels.buffer.length),
    }),
  ],
});

/** The same for references. */
export function noteFault(
  fault: NumberArray,
  labels: NumberArray,
  { classes, ignoreIndex, inner }: LabelsShape,
): void {
  if (fault[0] !== 0) return;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label === ignoreIndex || label >= 0 && label < classes) continue;
    [fault[0], fault[1], fault[2], fault[3]] = [i + 1, label, classes, inner];
    return;
  }
}
