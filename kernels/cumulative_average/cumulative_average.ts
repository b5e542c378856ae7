import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./cumulative_average.gen.ts";

/**
 * Takes one more value into an average of `count` (i32 `[1]`), which counts the
 * new one: `average += (value − average) / count`, element by element.
 */
export const cumulativeAverage = /* @__PURE__ */ kernel({
  name: "cumulativeAverage",
  operands: { value: "read", count: "read", average: "update" },
  reference({ average, count, value }) {
    for (let i = 0; i < average.length; i++) {
      average[i] += (value[i] - average[i]) / count[0];
    }
  },
  webgpu: (operands) => [
    elementwise(
      wgsl.cumulativeAverage,
      operands.average.buffer.length,
      operands,
    ),
  ],
});
