import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import { pcg3d } from "../lib/pcg3d.ts";
import * as wgsl from "./dropout.gen.ts";
import * as simd from "./simd.gen.ts";

/** How likely elements are dropped, and which together. */
export interface DropoutParams {
  /** From 0 to 1. */
  readonly probability: number;
  /** Neighbouring elements that are dropped together: 1, or those of a channel. */
  readonly area: number;
}

/**
 * Drops each `area` of elements with the given probability and scales the rest by
 * `1 / (1 − probability)`, any shape. `mask` is that factor or 0 for each
 * element: `output = x · mask`, and the gradient with respect to x is
 * `gradOutput · mask`.
 *
 * `state` (i32 `[2]`: draws so far, seed) and the index of the area decide alone,
 * so that every device drops the same: `pcg3d(index, draws, seed).x` divided by
 * 2³² is below `probability`. The kernel does not count the draw.
 */
export const dropoutForward = /* @__PURE__ */ kernel({
  name: "dropoutForward",
  operands: { x: "read", state: "read", mask: "write", output: "write" },
  reference({ mask, output, state, x }, { area, probability }: DropoutParams) {
    const [draws, seed] = state;
    for (let i = 0; i < output.length; i++) {
      const [hash] = pcg3d(Math.floor(i / area), draws, seed);
      mask[i] = hash / 2 ** 32 < probability ? 0 : 1 / (1 - probability);
      output[i] = x[i] * mask[i];
    }
  },
  webgpu: (operands, params) => [
    elementwise(
      wgsl.dropoutForward,
      operands.output.buffer.length,
      operands,
      constantsOf(params),
    ),
  ],
  wasm(operands, params) {
    const { length } = operands.output.buffer;
    const args = { ...operands, length, ...constantsOf(params) };
    return [simd.dropoutForward(args, { work: length * 8 })];
  },
});

function constantsOf({ area, probability }: DropoutParams) {
  return {
    area,
    threshold: Math.min(Math.ceil(probability * 2 ** 32), 2 ** 32 - 1),
    // At probability 1 the largest hash is not below the largest threshold.
    factor: probability < 1 ? 1 / (1 - probability) : 0,
  };
}
