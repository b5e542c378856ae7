import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./one_hot.gen.ts";

/** The parameters of one-hot rows. */
export interface OneHotShape {
  /** Columns of each row. */
  readonly classes: number;
}

/**
 * `output[n, labels[n]] = 1` and 0 elsewhere; rows of NaN where a label is out of
 * range. `labels` are i32, `output` is f32.
 */
export const oneHotKernel = /* @__PURE__ */ kernel({
  name: "oneHot",
  operands: { labels: "read", output: "write" },
  reference({ labels, output }, { classes }: OneHotShape) {
    output.fill(0);
    labels.forEach((label, row) => {
      const start = row * classes;
      if (label >= 0 && label < classes) output[start + label] = 1;
      else output.fill(NaN, start, start + classes);
    });
  },
  webgpu: ({ labels, output }, { classes }) => [
    elementwise(wgsl.oneHot, output.buffer.length, { labels, output }, {
      classes,
    }),
  ],
});
