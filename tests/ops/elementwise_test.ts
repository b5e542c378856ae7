import { assert, assertEquals } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import type { Device } from "../../src/devices/device.ts";
import * as ops from "../../src/ops/mod.ts";
import type { Tolerance } from "../close.ts";
import { deviceTest } from "../_devices.ts";
import { Golden } from "../golden.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

const golden = await Golden.read("elementwise");

/**
 * WGSL's exp() may be off by 3 + 2 |x| units in the last place, 2e-5 at 88, and
 * its log() by 5e-7 near 1.
 */
const tolerances = {
  cpu: { atol: 2e-7, rtol: 5e-6 },
  webgpu: { atol: 1e-6, rtol: 3e-5 },
};

/** A call as `generate_elementwise.py` describes it. */
interface Call {
  readonly operation: keyof typeof ops;
  /** Names of tensors, and other arguments as they are. */
  readonly arguments: readonly unknown[];
}

for (const [name, record] of Object.entries(golden.metadata)) {
  deviceTest(`PyTorch's numbers: ${name}`, async (device) => {
    await check(device, name, JSON.parse(record));
  });
}

async function check(device: Device, name: string, call: Call): Promise<void> {
  const values = (tensor: string) =>
    Float32Array.from(golden.numbers(`${name}.${tensor}`));
  const shapeOf = (tensor: string) =>
    golden.tensor(`${name}.${tensor}`).shape as number[];
  const gradientOf = (operand: string) =>
    `grad${operand[0].toUpperCase()}${operand.slice(1)}`;
  const isDifferentiated = golden.tensors.has(`${name}.gradOutput`);
  const operands = new Map<string, Tensor>();
  const given = call.arguments.map((argument) => {
    if (typeof argument !== "string") return argument ?? undefined;
    const requiresGrad = golden.tensors.has(`${name}.${gradientOf(argument)}`);
    const shape = shapeOf(argument);
    const options = { requiresGrad };
    const tensor = Tensor.from(device, values(argument), shape, options);
    operands.set(argument, tensor);
    return tensor;
  });
  let output: Tensor;
  {
    using tape = new Tape();
    const operation = ops[call.operation] as (...given: unknown[]) => Tensor;
    output = operation(...given);
    tape.keep(output);
    if (isDifferentiated) {
      const shape = shapeOf("gradOutput");
      const weight = Tensor.from(device, values("gradOutput"), shape);
      tape.backward(ops.sum(ops.mul(output, weight)));
    }
  }
  assertEquals(output.shape, shapeOf("output"));
  const tolerance = tolerances[device.kind];
  assertSame(await output.data(), values("output"), tolerance, "output");
  for (const [operand, tensor] of operands) {
    if (tensor.requiresGrad) {
      const gradient = await tensor.grad!.data();
      assertSame(gradient, values(gradientOf(operand)), tolerance, operand);
    }
    tensor[Symbol.dispose]();
  }
  output[Symbol.dispose]();
}

/** Within the tolerance; NaN and infinities must be the same. */
function assertSame(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { atol, rtol }: Tolerance,
  label: string,
): void {
  assert(actual.length === expected.length, `${label}: length`);
  for (let i = 0; i < actual.length; i++) {
    const isSame = Object.is(actual[i], expected[i]) ||
      Math.abs(actual[i] - expected[i]) <= atol + rtol * Math.abs(expected[i]);
    assert(
      isSame,
      `${label}: element ${i}: expected ${expected[i]}, got ${actual[i]}`,
    );
  }
}
