/**
 * Operations with frozen operands: the gradients of the others stay what they
 * are, bit for bit, and those of the frozen ones are not there.
 */
import { assertEquals } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import type { Device } from "../../src/devices/device.ts";
import { mul, sum } from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";
import type { GradcheckCase } from "../gradcheck.ts";
import { gradcheckTable } from "../gradcheck_table.ts";
import { uniform } from "../reference.ts";

for (const [name, cases] of Object.entries(gradcheckTable)) {
  for (const [index, one] of cases.entries()) {
    const count = one.inputs.length;
    if (count < 2) continue;
    deviceTest(`${name}, case ${index + 1}, frozen in part`, async (device) => {
      const all = await gradients(device, one, Array(count).fill(true));
      for (let at = 0; at < count; at++) {
        for (const isAlone of [false, true]) {
          const wanted = all.map((_, other) => (other === at) === isAlone);
          const expected = all.map((gradient, other) =>
            wanted[other] ? gradient : null
          );
          assertEquals(await gradients(device, one, wanted), expected);
        }
      }
    });
  }
}

/** The gradients of those operands that are wanted, null for the others. */
async function gradients(
  device: Device,
  { inputs, run }: GradcheckCase,
  wanted: readonly boolean[],
): Promise<(Float32Array | null)[]> {
  const operands = inputs.map(({ shape, values }) =>
    Tensor.from(device, Float32Array.from(values), shape, {
      requiresGrad: true,
    })
  );
  operands.forEach((operand, at) => operand.requiresGrad = wanted[at]);
  {
    using tape = new Tape();
    const output = run(...operands);
    const weights = Float32Array.from(uniform(output.length, 1000));
    const weight = Tensor.from(device, weights, output.shape);
    tape.backward(sum(mul(output, weight)));
  }
  return await Promise.all(
    operands.map(({ grad }) => grad === null ? null : grad.data()),
  );
}
