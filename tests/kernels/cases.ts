/**
 * What every kernel must do on every device, compared with the reference in
 * f64. The shapes are chosen to break loops: odd sizes, unequal axes, parts of
 * tiles, single elements.
 *
 * @module
 */

import type { Device } from "../../src/devices/device.ts";
import { type KernelCase, KernelHarness } from "./cases/_harness.ts";
import { conv2dCases } from "./cases/conv2d.ts";
import { batchNorm2dCases } from "./cases/batch_norm2d.ts";
import { convBlockCases } from "./cases/conv_block.ts";
import { classesCases } from "./cases/classes.ts";
import { dropoutCases } from "./cases/dropout.ts";
import { elementwiseCases } from "./cases/elementwise.ts";
import { gatherCases } from "./cases/gather.ts";
import { linearCases } from "./cases/linear.ts";
import { optimizerCases } from "./cases/optimizers.ts";
import { pool2dCases } from "./cases/pool2d.ts";

export type { KernelCase } from "./cases/_harness.ts";

/** The cases of all kernels. */
export const kernelCases: readonly KernelCase[] = [
  ...conv2dCases,
  ...batchNorm2dCases,
  ...classesCases,
  ...convBlockCases,
  ...dropoutCases,
  ...elementwiseCases,
  ...gatherCases,
  ...linearCases,
  ...optimizerCases,
  ...pool2dCases,
];

/**
 * Registers a test for each case.
 *
 * @param prefix What the kernels are, before the name of each test.
 */
export function runKernelCases(device: Device, prefix: string): void {
  for (const { name, run } of kernelCases) {
    Deno.test(`${prefix}: ${name}`, async () => {
      const harness = new KernelHarness(device);
      run(harness);
      await harness.verify();
    });
  }
}
