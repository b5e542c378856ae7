/**
 * Operations on random shapes and parameters, forwards and backwards: every
 * implementation against the reference. The draws are the same each time.
 */
import * as fc from "npm:fast-check@4.11.0";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { mul, sum } from "../../src/ops/mod.ts";
import { variants } from "../../kernels/kernel.ts";
import { webGpuTest } from "../_webgpu.ts";
import { assertClose } from "../close.ts";
import type { GradcheckCase } from "../gradcheck.ts";
import { uniform } from "../reference.ts";
import { cpuBuildsTest } from "./_cpu_builds.ts";
import { operations } from "./_operations.ts";

/** Sums of at most some hundred terms, those in one chain the worst. */
const TOLERANCE = { atol: 1e-4, rtol: 1e-4 };

const reference = CpuDevice.open({ kernels: "reference", poison: true });

/** An operation's output, and the gradients of a weighted sum of it. */
async function outcome(
  device: Device,
  { inputs, run }: GradcheckCase,
): Promise<Float32Array[]> {
  const parameters = inputs.map(({ shape, values }) =>
    Tensor.from(device, Float32Array.from(values), shape, {
      requiresGrad: true,
    })
  );
  const outputs: Tensor[] = [];
  {
    using tape = new Tape();
    const output = run(...parameters);
    const weights = Float32Array.from(uniform(output.length, 1000));
    const weight = Tensor.from(device, weights, output.shape);
    tape.backward(sum(mul(output, weight)));
    outputs.push(tape.keep(output));
  }
  const gradients = parameters.map(({ grad }) => grad)
    .filter((grad) => grad !== null);
  const found = [...outputs, ...gradients];
  const values = await Promise.all(found.map((one) => one.data()));
  for (const parameter of parameters) parameter[Symbol.dispose]();
  return values as Float32Array[];
}

/** Operations that have several implementations on a GPU. */
const tuned = ["conv2d", "convBlock", "convTranspose2d", "linear", "matmul"];

/** Compares so many calls of operations with the reference; by default of all. */
async function compare(
  device: Device,
  runs: number,
  names = Object.keys(operations),
): Promise<void> {
  for (const name of names) {
    const calls = operations[name];
    for (const call of fc.sample(calls, { numRuns: runs, seed: 1 })) {
      const expected = await outcome(reference, call);
      const actual = await outcome(device, call);
      const shapes = call.inputs.map(({ shape }) => `[${shape}]`).join(", ");
      expected.forEach((values, index) => {
        const what = index === 0 ? "output" : `gradient ${index}`;
        const label = `${name} of ${shapes}: ${what}`;
        assertClose(actual[index], values, TOLERANCE, label);
      });
    }
  }
}

cpuBuildsTest(
  "random calls are the reference's",
  async (device) => await compare(device, 12),
);

webGpuTest("webgpu: random calls are the reference's", async (device) => {
  await compare(device, 1);
});

for (const variant of variants) {
  webGpuTest(
    `webgpu, ${variant}: random calls are the reference's`,
    async () => {
      using device = await WebGpuDevice.open({ variant, poison: true });
      await compare(device, 1, tuned);
    },
  );
}
