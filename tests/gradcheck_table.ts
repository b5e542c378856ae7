import { Tensor } from "../src/core/tensor.ts";
import { convBlock } from "../src/ops/conv_block.ts";
import * as ops from "../src/ops/mod.ts";
import { convolutionRows } from "./gradcheck/convolution.ts";
import { poolingRows } from "./gradcheck/pooling.ts";
import { crossEntropyRows, lossesRows } from "./gradcheck/losses.ts";
import { reductionsRows } from "./gradcheck/reductions.ts";
import { shapesRows } from "./gradcheck/shapes.ts";
import { type GradcheckCase, spacedInput, uniformInput } from "./gradcheck.ts";
import { elementwiseRows } from "./gradcheck/elementwise.ts";

/** At least one case for every operation that is exported, by its name. */
export const gradcheckTable: Readonly<
  Record<string, readonly GradcheckCase[]>
> = {
  ...convolutionRows,
  ...poolingRows,
  ...elementwiseRows,
  ...lossesRows,
  ...reductionsRows,
  ...shapesRows,
  add: [
    {
      run: ops.add,
      inputs: [uniformInput([2, 3], 1), uniformInput([2, 3], 2)],
    },
    {
      run: ops.add,
      inputs: [uniformInput([2, 1, 3], 1), uniformInput([4, 1], 2)],
    },
    { run: (x) => ops.add(1.5, x), inputs: [uniformInput([5], 1)] },
  ],
  batchNorm2d: [
    {
      run: (x, weight, bias) => batchNorm(x, weight, bias, true),
      inputs: batchNormInputs(),
    },
    {
      run: (x, weight, bias) => batchNorm(x, weight, bias, false),
      inputs: batchNormInputs(),
    },
  ],
  convBlock: [
    {
      run: (x, weight, bias, scale, shift) =>
        convBlock(x, {
          convolution: { weight, bias },
          normalisation: {
            weight: scale,
            bias: shift,
            ...runningStatistics(x),
            training: true,
          },
          activation: "relu",
          pooling: { kernelSize: 2 },
        }),
      inputs: [
        uniformInput([2, 1, 5, 5], 1),
        uniformInput([2, 1, 2, 2], 2),
        uniformInput([2], 3),
        uniformInput([2], 4, { center: 1, scale: 0.3 }),
        uniformInput([2], 5),
      ],
      // Short steps stay clear of the kinks of activation and pooling.
      step: 1 / 512,
      tolerance: { atol: 1e-3, rtol: 1e-3 },
    },
    ...[true, false].map((training): GradcheckCase => ({
      run: (x, weight, bias) =>
        convBlock(x, {
          normalisation: { weight, bias, ...runningStatistics(x), training },
          activation: "relu",
        }),
      inputs: [
        uniformInput([2, 2, 3, 3], 1),
        uniformInput([2], 4, { center: 1, scale: 0.3 }),
        uniformInput([2], 5),
      ],
      step: 1 / 512,
      tolerance: { atol: 1e-3, rtol: 1e-3 },
    })),
    {
      run: (x, weight) =>
        convBlock(x, {
          convolution: { weight, bias: null },
          activation: "relu",
        }),
      inputs: [uniformInput([1, 2, 4, 4], 1), uniformInput([2, 2, 3, 3], 2)],
      step: 1 / 512,
      tolerance: { atol: 1e-3, rtol: 1e-3 },
    },
  ],
  crossEntropy: [
    ...crossEntropyRows,
    ...[0, 0.2].map((labelSmoothing) => ({
      run: (logits: Tensor) => {
        const labels = Tensor.from(logits.device, Int32Array.of(1, 0, 3), [3]);
        return ops.crossEntropy(logits, labels, { labelSmoothing });
      },
      inputs: [uniformInput([3, 4], 1, { scale: 3 })],
    })),
  ],
  div: [
    {
      run: ops.div,
      inputs: [
        uniformInput([2, 3], 1),
        uniformInput([3], 2, { center: 2, scale: 0.5 }),
      ],
    },
    {
      run: (x) => ops.div(1, x),
      inputs: [uniformInput([4], 1, { center: -2, scale: 0.5 })],
    },
  ],
  dropout: [
    {
      // Each call draws the first mask of this seed.
      run: (x) => {
        const state = Tensor.from(x.device, Int32Array.of(0, 42), [2]);
        return ops.dropout(x, 0.4, state);
      },
      inputs: [uniformInput([4, 5], 1)],
    },
  ],
  exp: [{ run: ops.exp, inputs: [uniformInput([3, 4], 1)] }],
  leakyRelu: [
    { run: (x) => ops.leakyRelu(x, 0.2), inputs: [spacedInput([3, 4], 1)] },
  ],
  linear: [
    {
      run: ops.linear,
      inputs: [
        uniformInput([3, 4], 1),
        uniformInput([2, 4], 2),
        uniformInput([2], 3),
      ],
    },
  ],
  log: [
    {
      run: ops.log,
      inputs: [uniformInput([3, 4], 1, { center: 2, scale: 0.8 })],
    },
  ],
  mean: [
    { run: (x) => ops.mean(x), inputs: [uniformInput([2, 3], 1)] },
    {
      run: (x) => ops.mean(x, { dim: [0, 2], keepdim: true }),
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
  mul: [
    {
      run: ops.mul,
      inputs: [uniformInput([2, 3], 1), uniformInput([2, 3], 2)],
    },
    {
      run: ops.mul,
      inputs: [uniformInput([3], 1), uniformInput([2, 1, 1], 2)],
    },
    {
      run: ops.mul,
      inputs: [uniformInput([1], 1), uniformInput([2, 3], 2)],
    },
    { run: (x) => ops.mul(x, -2), inputs: [uniformInput([5], 1)] },
  ],
  relu: [{ run: ops.relu, inputs: [spacedInput([3, 4], 1)] }],
  scale: [
    { run: (x) => ops.scale(x, -1.75), inputs: [uniformInput([5], 1)] },
  ],
  sigmoid: [{
    run: ops.sigmoid,
    inputs: [uniformInput([3, 4], 1, { scale: 3 })],
  }],
  sub: [
    {
      run: ops.sub,
      inputs: [uniformInput([3], 1), uniformInput([2, 1], 2)],
    },
    { run: (x) => ops.sub(1, x), inputs: [uniformInput([5], 1)] },
  ],
  sum: [
    { run: (x) => ops.sum(x), inputs: [uniformInput([2, 3], 1)] },
    {
      run: (x) => ops.sum(x, { dim: -2 }),
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
  tanh: [
    { run: ops.tanh, inputs: [uniformInput([3, 4], 1, { scale: 2 })] },
  ],
};

function batchNormInputs() {
  return [
    uniformInput([2, 2, 2, 3], 1),
    uniformInput([2], 2),
    uniformInput([2], 3),
  ];
}

function batchNorm(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  training: boolean,
): Tensor {
  const options = { weight, bias, ...runningStatistics(x), training };
  return ops.batchNorm2d(x, options);
}

/** Running statistics of two channels, made anew: training moves them. */
function runningStatistics({ device }: Tensor) {
  return {
    runningMean: Tensor.from(device, [0.25, -0.5], [2]),
    runningVar: Tensor.from(device, [0.5, 2], [2]),
  };
}
