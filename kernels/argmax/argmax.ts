import { dispatch, kernel, workgroupsFor } from "../kernel.ts";
import { workgroupSize } from "../lib/elementwise.ts";
import { type ClassesShape, largestColumn } from "../lib/largest_column.ts";
import { reductionIterations } from "../lib/reduce.ts";
import * as wgsl from "./argmax.gen.ts";
import * as simd from "./simd.gen.ts";

/**
 * Column of the largest score of each row of scores `[batch, classes]`: i32
 * `[batch]`. It is the first of equals; NaN is above all, as in PyTorch.
 */
export const argmax = /* @__PURE__ */ kernel({
  name: "argmax",
  operands: { scores: "read", output: "write" },
  reference({ output, scores }, { batch, classes }: ClassesShape) {
    for (let row = 0; row < batch; row++) {
      output[row] = largestColumn(scores, row, classes);
    }
  },
  webgpu: ({ output, scores }, { batch, classes }) => [
    dispatch(wgsl.argmax, {
      bind: { scores, columns: output },
      constants: { batch, classes, workgroupSize },
      workgroups: workgroupsFor(batch, workgroupSize),
      iterations: classes,
    }),
  ],
  wasm: ({ output, scores }, { batch, classes }) => [
    simd.argmax({ scores, output, batch, classes }, { work: batch * classes }),
  ],
});

/**
 * How many predictions are correct: rows of scores `[batch, classes]` whose
 * {@linkcode argmax} is their label (i32 `[batch]`), as one f32.
 */
export const correctCount = /* @__PURE__ */ kernel({
  name: "correctCount",
  operands: { scores: "read", labels: "read", output: "write" },
  reference({ labels, output, scores }, { batch, classes }: ClassesShape) {
    let count = 0;
    for (let row = 0; row < batch; row++) {
      if (largestColumn(scores, row, classes) === labels[row]) count++;
    }
    output[0] = count;
  },
  webgpu: ({ labels, output, scores }, { batch, classes }) => [
    dispatch(wgsl.correctCount, {
      bind: { scores, labels, correct: output },
      constants: { batch, classes, workgroupSize },
      workgroups: [1, 1, 1],
      iterations: reductionIterations(batch) * classes,
    }),
  ],
  wasm: ({ labels, output, scores }, { batch, classes }) => [
    simd.correctCount({ scores, labels, output, batch, classes }),
  ],
});
