/**
 * What every kernel must do on every device, compared with the reference in
 * f64. The shapes are chosen to break loops: odd sizes, unequal axes, parts of
 * tiles, single elements.
 *
 * @module
 */

import type { Device } from "../../src/devices/device.ts";
import { type KernelCase, runKernelCase } from "./cases/_harness.ts";
import { activationCases } from "./cases/activations.ts";
import { accumulateCases } from "./cases/accumulate.ts";
import { advanceCases } from "./cases/advance.ts";
import { adadeltaCases } from "./cases/adadelta.ts";
import { adamCases } from "./cases/adam.ts";
import { adaptiveAvgPool2dCases } from "./cases/adaptive_avg_pool2d.ts";
import { argmaxCases } from "./cases/argmax.ts";
import { augmentCases } from "./cases/augment.ts";
import { avgPool2dCases } from "./cases/avg_pool2d.ts";
import { batchNorm2dCases } from "./cases/batch_norm2d.ts";
import { channelSumCases } from "./cases/channel_sum.ts";
import { clipNormCases } from "./cases/clip_norm.ts";
import { conv2dCases } from "./cases/conv2d.ts";
import { convBlockCases } from "./cases/conv_block.ts";
import { copyCases } from "./cases/copy.ts";
import { crossEntropyCases } from "./cases/cross_entropy.ts";
import { cumulativeAverageCases } from "./cases/cumulative_average.ts";
import { dropoutCases } from "./cases/dropout.ts";
import { emaCases } from "./cases/ema.ts";
import { binaryCases } from "./cases/binary.ts";
import { fillCases } from "./cases/fill.ts";
import { gatherCases } from "./cases/gather.ts";
import { indexSelectCases } from "./cases/index_select.ts";
import { groupNormCases } from "./cases/group_norm.ts";
import { leakyReluCases } from "./cases/leaky_relu.ts";
import { linearCases } from "./cases/linear.ts";
import { matmulCases } from "./cases/matmul.ts";
import { maxCases } from "./cases/max.ts";
import { maxPool2dCases } from "./cases/max_pool2d.ts";
import { nllLossCases } from "./cases/nll_loss.ts";
import { metricCases } from "./cases/metrics.ts";
import { softmaxCases } from "./cases/softmax.ts";
import { stridedCases } from "./cases/strided.ts";
import { sumCases } from "./cases/sum.ts";
import { upsampleCases } from "./cases/upsample.ts";
import { whereCases } from "./cases/where.ts";
import { winogradCases } from "./cases/winograd.ts";
import { reluCases } from "./cases/relu.ts";
import { rmspropCases } from "./cases/rmsprop.ts";
import { sgdCases } from "./cases/sgd.ts";

export { type KernelCase, runKernelCase } from "./cases/_harness.ts";

/** The cases of all kernels. */
export const kernelCases: readonly KernelCase[] = [
  ...accumulateCases,
  ...activationCases,
  ...advanceCases,
  ...adadeltaCases,
  ...adamCases,
  ...adaptiveAvgPool2dCases,
  ...argmaxCases,
  ...augmentCases,
  ...avgPool2dCases,
  ...batchNorm2dCases,
  ...channelSumCases,
  ...clipNormCases,
  ...conv2dCases,
  ...convBlockCases,
  ...copyCases,
  ...crossEntropyCases,
  ...cumulativeAverageCases,
  ...dropoutCases,
  ...emaCases,
  ...binaryCases,
  ...nllLossCases,
  ...softmaxCases,
  ...sumCases,
  ...upsampleCases,
  ...whereCases,
  ...winogradCases,
  ...fillCases,
  ...gatherCases,
  ...indexSelectCases,
  ...stridedCases,
  ...groupNormCases,
  ...leakyReluCases,
  ...linearCases,
  ...matmulCases,
  ...maxCases,
  ...maxPool2dCases,
  ...metricCases,
  ...reluCases,
  ...rmspropCases,
  ...sgdCases,
];

/**
 * Registers a test for each case.
 *
 * @param prefix What the kernels are, before the name of each test.
 * @param only How the names of the cases start. Default: all.
 */
export function runKernelCases(
  device: Device,
  prefix: string,
  only = "",
): void {
  for (const kernelCase of kernelCases) {
    if (!kernelCase.name.startsWith(only)) continue;
    Deno.test(
      `${prefix}: ${kernelCase.name}`,
      () => runKernelCase(device, kernelCase),
    );
  }
}
