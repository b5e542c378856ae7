import type { Tensor } from "../../src/core/tensor.ts";
import * as ops from "../../src/ops/mod.ts";
import { type GradcheckCase, spacedInput, uniformInput } from "../gradcheck.ts";

/** Reductions, softmax and matrix products. */
export const reductionsRows: Readonly<
  Record<string, readonly GradcheckCase[]>
> = {
  logSoftmax: softmaxCases(ops.logSoftmax),
  logsumexp: [
    { run: (x) => ops.logsumexp(x), inputs: [uniformInput([2, 3], 1)] },
    {
      run: (x) => ops.logsumexp(x, { dim: [0, 2], keepdim: true }),
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
  matmul: [
    {
      run: ops.matmul,
      inputs: [uniformInput([2, 3], 1), uniformInput([3, 2], 2)],
    },
    {
      run: ops.matmul,
      inputs: [uniformInput([2, 1, 2, 3], 1), uniformInput([2, 3, 2], 2)],
    },
    { run: ops.matmul, inputs: [uniformInput([3], 1), uniformInput([3], 2)] },
  ],
  max: extremumCases(ops.max),
  min: extremumCases(ops.min),
  norm: [
    { run: (x) => ops.norm(x), inputs: [spacedInput([2, 3], 1)] },
    {
      run: (x) => ops.norm(x, 2, { dim: 1, keepdim: true }),
      inputs: [spacedInput([2, 3, 2], 1)],
    },
    {
      run: (x) => ops.norm(x, 1, { dim: -1 }),
      inputs: [spacedInput([2, 3], 1)],
    },
  ],
  softmax: softmaxCases(ops.softmax),
  variance: [
    { run: (x) => ops.variance(x), inputs: [uniformInput([2, 3], 1)] },
    {
      run: (x) => ops.variance(x, { dim: [0, -1], correction: 0 }),
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
};

function softmaxCases(
  run: (x: Tensor, dim: number) => Tensor,
): GradcheckCase[] {
  return [
    { run: (x) => run(x, 1), inputs: [uniformInput([3, 4], 1, { scale: 2 })] },
    { run: (x) => run(x, -2), inputs: [uniformInput([2, 3, 2], 1)] },
    { run: (x) => run(x, 0), inputs: [uniformInput([20], 1)] },
  ];
}

function extremumCases(run: typeof ops.max): GradcheckCase[] {
  return [
    { run: (x) => run(x), inputs: [spacedInput([2, 3], 1)] },
    { run: (x) => run(x, 1).values, inputs: [spacedInput([2, 3, 2], 1)] },
    {
      run: (x) => run(x, -1, true).values,
      inputs: [spacedInput([2, 20], 1)],
    },
  ];
}
