import { dispatch, kernel } from "../kernel.ts";
import { workgroupSize } from "../lib/elementwise.ts";
import type { ClassesShape } from "../lib/largest_column.ts";
import { reductionIterations } from "../lib/reduce.ts";
import * as wgsl from "./top_k.gen.ts";

/** Scores of a batch, and how many of a row's are looked at. */
export interface TopKShape extends ClassesShape {
  /** How many. */
  readonly k: number;
}

/**
 * In how many rows of scores `[batch, classes]` the label's (i32 `[batch]`) is
 * among the `k` largest, as one f32. Of equals the first is larger; NaN is above
 * all. A label that is no class is in none.
 */
export const topKCount = /* @__PURE__ */ kernel({
  name: "topKCount",
  operands: { scores: "read", labels: "read", output: "write" },
  reference({ labels, output, scores }, { batch, classes, k }: TopKShape) {
    let count = 0;
    for (let row = 0; row < batch; row++) {
      const label = labels[row];
      if (label < 0 || label >= classes) continue;
      const start = row * classes;
      let larger = 0;
      for (let column = 0; column < classes; column++) {
        const score = scores[start + label];
        const other = scores[start + column];
        const isFirst = column < label && !isAbove(score, other);
        if (isAbove(other, score) || isFirst) larger++;
      }
      if (larger < k) count++;
    }
    output[0] = count;
  },
  webgpu: ({ labels, output, scores }, { batch, classes, k }) => [
    dispatch(wgsl.topKCount, {
      bind: { scores, labels, count: output },
      constants: { batch, classes, k, workgroupSize },
      workgroups: [1, 1, 1],
      iterations: reductionIterations(batch) * classes,
    }),
  ],
});

function isAbove(one: number, other: number): boolean {
  return !Number.isNaN(other) && (Number.isNaN(one) || one > other);
}
