import { Tensor } from "../../src/core/tensor.ts";
import * as ops from "../../src/ops/mod.ts";
import { type GradcheckCase, uniformInput } from "../gradcheck.ts";

const pair = [uniformInput([3, 4], 1), uniformInput([3, 4], 2)];

/** Clear of the kinks at 0 and ±1. */
const apart = [
  uniformInput([3, 4], 1, { scale: 0.1 }),
  uniformInput([3, 4], 2, { center: -0.5, scale: 0.1 }),
];

/** The losses but for the fused cross-entropy of labels. */
export const lossesRows: Readonly<Record<string, readonly GradcheckCase[]>> = {
  bceWithLogits: [
    { run: (x, target) => ops.bceWithLogits(x, target), inputs: pair },
    {
      run: (x, target) =>
        ops.bceWithLogits(x, target, {
          posWeight: Tensor.from(x.device, [2, 0.5, 1, 3], [4]),
          weight: Tensor.from(x.device, [1, 2, 3], [3, 1]),
          reduction: "none",
        }),
      inputs: pair,
    },
  ],
  binaryCrossEntropy: [
    {
      run: (x, target) =>
        ops.binaryCrossEntropy(ops.sigmoid(x), ops.sigmoid(target)),
      inputs: pair,
    },
  ],
  l1Loss: [{ run: (x, target) => ops.l1Loss(x, target), inputs: apart }],
  mseLoss: [
    { run: (x, target) => ops.mseLoss(x, target), inputs: pair },
    {
      run: (x, target) => ops.mseLoss(x, target, { reduction: "none" }),
      inputs: pair,
    },
  ],
  nllLoss: [
    {
      run: (x) =>
        ops.nllLoss(x, labelsOf(x, [2]), {
          weight: Tensor.from(x.device, [1, 2, 0.5], [3]),
          ignoreIndex: 1,
        }),
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
  smoothL1Loss: [
    { run: (x, target) => ops.smoothL1Loss(x, target), inputs: apart },
    {
      run: (x, target) =>
        ops.smoothL1Loss(x, target, { beta: 0.125, reduction: "sum" }),
      inputs: apart,
    },
  ],
};

/** More rows of the cross-entropy. */
export const crossEntropyRows: readonly GradcheckCase[] = [
  {
    run: (x) =>
      ops.crossEntropy(x, labelsOf(x, [2]), {
        labelSmoothing: 0.1,
        reduction: "none",
      }),
    inputs: [uniformInput([2, 3, 2], 1)],
  },
  {
    run: (x, target) =>
      ops.crossEntropy(x, target, {
        labelSmoothing: 0.2,
        weight: Tensor.from(x.device, [1, 2, 0.5], [3]),
      }),
    inputs: [uniformInput([2, 3], 1), uniformInput([2, 3], 2)],
  },
];

/** Labels `[2, …]` of three classes. */
function labelsOf({ device }: Tensor, rest: readonly number[]) {
  return Tensor.from(device, Int32Array.of(0, 2, 1, 2), [2, ...rest]);
}
