import { dispatch, kernel, workgroupsFor } from "../kernel.ts";
import { offsetAlong } from "../lib/axes.ts";
import { workgroupSize } from "../lib/elementwise.ts";
import {
  reductionGradient,
  type ReductionKernels,
  type ReductionParams,
} from "../lib/reduction.ts";
import * as wgsl from "./logsumexp.gen.ts";

/** Invocations that make one element where some axes are reduced. */
const invocationsEach = 64;

const forward: ReductionKernels["forward"] = /* @__PURE__ */ kernel({
  name: "logsumexp",
  operands: { x: "read", axes: "read?", output: "write" },
  reference({ axes, output, x }, _params: ReductionParams) {
    const count = x.length / output.length;
    const reduced = axes === null ? 0 : 1 + 2 * axes[0];
    for (let item = 0; item < output.length; item++) {
      const start = axes === null ? 0 : offsetAlong(axes, 1, reduced, item);
      const elementAt = (index: number) =>
        axes === null
          ? x[index]
          : x[start + offsetAlong(axes, reduced, axes.length, index)];
      let largest = -Number.MAX_VALUE;
      let sum = 0;
      for (let i = 0; i < count; i++) {
        largest = Math.max(largest, elementAt(i));
      }
      // +∞ stays, and its exponential makes the sum +∞.
      const shift = largest === Infinity ? 0 : largest;
      for (let i = 0; i < count; i++) sum += Math.exp(elementAt(i) - shift);
      output[item] = shift + Math.log(sum);
    }
  },
  webgpu({ axes, output, x }) {
    const items = output.buffer.length;
    const size = axes === null ? workgroupSize : invocationsEach;
    const each = Math.ceil(x.buffer.length / items / size);
    const words = axes?.buffer.length ?? 0;
    return [dispatch(wgsl.logsumexp, {
      bind: { x, output, axes: axes ?? x },
      constants: { isWhole: Number(axes === null), workgroupSize: size },
      workgroups: workgroupsFor(items, 1),
      iterations: 2 * each * (1 + words) + words + 2 * Math.log2(size),
    })];
  },
});

/** `log Σ exp(x)`, which overflows for no element. */
export const logsumexpKernels: ReductionKernels = {
  forward,
  .../* @__PURE__ */ reductionGradient({
    name: "logsumexp",
    reference: { gradient: (g, x, y) => g * Math.exp(x - y) },
    wgsl: { gradient: "g * exp(x - y)" },
  }),
};
