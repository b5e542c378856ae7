import * as ops from "../../src/ops/mod.ts";
import { Golden } from "../golden.ts";
import { type GoldenArguments, testGoldenCases } from "../golden_cases.ts";

/** Worst measured: 7.6e-6 absolute, of 90; 2.7e-8 near 0. */
const TOLERANCE = { atol: 2e-6, rtol: 1e-5 };

testGoldenCases(await Golden.read("losses"), {
  bceWithLogits: ({ options, tensors: { target, x, ...factors } }) =>
    ops.bceWithLogits(x, target, { ...options, ...factors }),
  binaryCrossEntropy: compared(ops.binaryCrossEntropy),
  crossEntropy: ({ options, tensors: { labels, x, ...weight } }) =>
    ops.crossEntropy(x, labels, { ...options, ...weight }),
  l1Loss: compared(ops.l1Loss),
  mseLoss: compared(ops.mseLoss),
  nllLoss: ({ options, tensors: { labels, x, ...weight } }) =>
    ops.nllLoss(x, labels, { ...options, ...weight }),
  smoothL1Loss: compared(ops.smoothL1Loss),
  softCrossEntropy: ({ options, tensors: { target, x, ...weight } }) =>
    ops.crossEntropy(x, target, { ...options, ...weight }),
}, TOLERANCE);

function compared(loss: typeof ops.smoothL1Loss) {
  return ({ options, tensors: { target, x } }: GoldenArguments) =>
    loss(x, target, options);
}
