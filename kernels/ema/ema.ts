import { dispatch, kernel, workgroupsFor } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./ema.gen.ts";

/** Elements of an average that share a copy of the weight. */
export const EMA_GROUP = 256;

/**
 * Moves an exponential moving average towards a value, as PyTorch's `lerp` does:
 * `average += weight · (value − average)`, or from the value back where the
 * weight is at least a half; a weight of 1 takes the value as it is. Any shape.
 *
 * `weights` is the weight of the value, and that again for each further
 * {@linkcode EMA_GROUP} elements: 1 before the first value, which is the first
 * average, and `1 − decay` from then on. A kernel cannot change what all of it
 * reads, so each group updates a copy of its own.
 */
export const emaUpdate = /* @__PURE__ */ kernel({
  name: "emaUpdate",
  operands: { value: "read", weights: "update", average: "update" },
  reference({ average, value, weights }, { decay }: { decay: number }) {
    for (let i = 0; i < average.length; i++) {
      const weight = weights[Math.floor(i / EMA_GROUP)];
      const distance = value[i] - average[i];
      if (weight === 1) average[i] = value[i];
      else if (weight < 0.5) average[i] += weight * distance;
      else average[i] = value[i] - distance * (1 - weight);
    }
    weights.fill(1 - decay);
  },
  webgpu: ({ average, value, weights }, { decay }) => [
    dispatch(wgsl.emaUpdate, {
      bind: { value, weights, average },
      constants: { rest: 1 - decay, workgroupSize: EMA_GROUP },
      workgroups: workgroupsFor(average.buffer.length, EMA_GROUP),
    }),
  ],
});

/** Exchanges two tensors of one shape. */
export const swap = /* @__PURE__ */ kernel({
  name: "swap",
  operands: { a: "update", b: "update" },
  reference({ a, b }) {
    const before = a.slice();
    a.set(b);
    b.set(before);
  },
  webgpu: ({ a, b }) => [elementwise(wgsl.swap, a.buffer.length, { a, b })],
});
