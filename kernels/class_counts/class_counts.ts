import { dispatch, kernel, workgroupsFor } from "../kernel.ts";
import { workgroupSize } from "../lib/elementwise.ts";
import type { ClassesShape } from "../lib/largest_column.ts";
import * as wgsl from "./class_counts.gen.ts";

/**
 * How often each class is predicted and the label, is predicted, and is the
 * label: `[3, classes]` of f32. `predictions` and `labels` are i32 `[batch]`.
 */
export const classCounts = /* @__PURE__ */ kernel({
  name: "classCounts",
  operands: { predictions: "read", labels: "read", output: "write" },
  reference(
    { labels, output, predictions },
    { batch, classes }: ClassesShape,
  ) {
    output.fill(0);
    for (let row = 0; row < batch; row++) {
      const [prediction, label] = [predictions[row], labels[row]];
      if (prediction === label && label >= 0 && label < classes) {
        output[label]++;
      }
      if (prediction >= 0 && prediction < classes) {
        output[classes + prediction]++;
      }
      if (label >= 0 && label < classes) output[2 * classes + label]++;
    }
  },
  webgpu: ({ labels, output, predictions }, { batch, classes }) => [
    dispatch(wgsl.classCounts, {
      bind: { predictions, labels, counts: output },
      constants: { batch, classes, workgroupSize },
      workgroups: workgroupsFor(classes, workgroupSize),
      iterations: batch,
    }),
  ],
});
