import { dispatch, kernel } from "../kernel.ts";
import { elementwise, workgroupSize } from "../lib/elementwise.ts";
import { reductionIterations } from "../lib/reduce.ts";
import * as wgsl from "./clip_norm.gen.ts";

/** `output[0] = Σ x²`, any shape. */
export const sumOfSquares = /* @__PURE__ */ kernel({
  name: "sumOfSquares",
  operands: { x: "read", output: "write" },
  reference({ output, x }) {
    let total = 0;
    for (let i = 0; i < x.length; i++) total += x[i] * x[i];
    output[0] = total;
  },
  webgpu: ({ output, x }) => [
    dispatch(wgsl.sumOfSquares, {
      bind: { x, output },
      constants: { workgroupSize },
      workgroups: [1, 1, 1],
      iterations: reductionIterations(x.buffer.length),
    }),
  ],
});

/** `norm[0] = √norm[0]`: the norm, of a sum of squares. */
export const normOfSquares = /* @__PURE__ */ kernel({
  name: "normOfSquares",
  operands: { norm: "update" },
  reference({ norm }) {
    norm[0] = Math.sqrt(norm[0]);
  },
  webgpu: ({ norm }) => [
    dispatch(wgsl.normOfSquares, {
      bind: { norm },
      constants: {},
      workgroups: [1, 1, 1],
    }),
  ],
});

/**
 * Clips a gradient by a norm, as PyTorch's `clip_grad_norm_` does: `gradient *=
 * min(1, maxNorm / (norm[0] + 1e-6))`, where `norm` is that of all gradients
 * that are clipped together; where it is NaN they all become NaN. Any shape.
 */
export const clipByNorm = /* @__PURE__ */ kernel({
  name: "clipByNorm",
  operands: { norm: "read", gradient: "update" },
  reference({ gradient, norm }, { maxNorm }: { maxNorm: number }) {
    const factor = Math.min(1, maxNorm / (norm[0] + 1e-6));
    for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  },
  webgpu: ({ gradient, norm }, { maxNorm }) => [
    elementwise(
      wgsl.clipByNorm,
      gradient.buffer.length,
      { clipping: norm, gradient },
      { maxNorm },
    ),
  ],
});
