import { Tensor } from "../../src/core/tensor.ts";
import * as ops from "../../src/ops/mod.ts";
import { type GradcheckCase, spacedInput, uniformInput } from "../gradcheck.ts";

/** Poolings, resizing and normalisations. */
export const poolingRows: Readonly<Record<string, readonly GradcheckCase[]>> = {
  adaptiveAvgPool2d: [
    {
      run: (x) => ops.adaptiveAvgPool2d(x, [3, 4]),
      inputs: [uniformInput([2, 1, 5, 6], 1)],
    },
    {
      run: (x) => ops.adaptiveAvgPool2d(x, 1),
      inputs: [uniformInput([2, 2, 3, 4], 1)],
    },
  ],
  avgPool2d: [
    {
      run: (x) => ops.avgPool2d(x, 2, { padding: [1, 0] }),
      inputs: [uniformInput([2, 2, 4, 5], 1)],
    },
    {
      run: (x) => ops.avgPool2d(x, 3, 2, 1, { ceilMode: true }),
      inputs: [uniformInput([1, 2, 4, 6], 1)],
    },
    {
      run: (x) =>
        ops.avgPool2d(x, 2, 3, { ceilMode: true, countIncludePad: false }),
      inputs: [uniformInput([2, 1, 4, 6], 1)],
    },
  ],
  batchNorm1d: [
    {
      run: (x, weight, bias) =>
        ops.batchNorm1d(x, { weight, bias, training: true }),
      inputs: [
        uniformInput([5, 2], 1),
        uniformInput([2], 2),
        uniformInput([2], 3),
      ],
      step: 1 / 64,
    },
    {
      run: (x, weight) => ops.batchNorm1d(x, { weight, training: true }),
      inputs: [uniformInput([2, 3, 4], 1), uniformInput([3], 2)],
      step: 1 / 64,
    },
  ],
  dropout2d: [
    {
      // Each call draws the first mask of this seed.
      run: (x) => {
        const state = Tensor.from(x.device, Int32Array.of(0, 42), [2]);
        return ops.dropout2d(x, 0.4, state);
      },
      inputs: [uniformInput([2, 3, 2, 2], 1)],
    },
  ],
  groupNorm: [
    {
      run: (x, weight, bias) => ops.groupNorm(x, 2, weight, bias),
      inputs: [
        uniformInput([2, 4, 3], 1),
        uniformInput([4], 2),
        uniformInput([4], 3),
      ],
      step: 1 / 64,
    },
  ],
  layerNorm: [
    {
      run: (x, weight, bias) => ops.layerNorm(x, [3, 2], weight, bias),
      inputs: [
        uniformInput([3, 3, 2], 1),
        uniformInput([3, 2], 2),
        uniformInput([3, 2], 3),
      ],
      step: 1 / 64,
    },
    {
      run: (x) => ops.layerNorm(x, 5),
      inputs: [uniformInput([3, 5], 1)],
      step: 1 / 64,
    },
  ],
  maxPool2d: [
    {
      run: (x) => ops.maxPool2d(x, 3, { stride: 2, padding: 1 }),
      inputs: [spacedInput([2, 2, 4, 5], 1)],
    },
    {
      run: (x) => ops.maxPool2d(x, 2, { ceilMode: true }),
      inputs: [spacedInput([1, 2, 5, 9], 1)],
    },
  ],
  upsample: [
    {
      run: (x) => ops.upsample(x, { scaleFactor: [2, 1.5] }),
      inputs: [uniformInput([1, 2, 3, 4], 1)],
    },
    {
      run: (x) => ops.upsample(x, { size: [7, 3], mode: "bilinear" }),
      inputs: [uniformInput([1, 2, 3, 5], 1)],
    },
    {
      run: (x) =>
        ops.upsample(x, { size: 5, mode: "bilinear", alignCorners: true }),
      inputs: [uniformInput([2, 1, 3, 4], 1)],
    },
  ],
};
