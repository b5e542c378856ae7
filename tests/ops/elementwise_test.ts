import { assert } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import type { Device } from "../../src/devices/device.ts";
import * as ops from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";
import { Golden } from "../golden.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

const golden = await Golden.read("elementwise");

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
  const operands = new Map<string, Tensor>();
  const given = call.arguments.map((argument) => {
    if (typeof argument !== "string") return argument ?? undefined;
    const { shape } = golden.tensor(`${name}.${argument}`);
    const values = Float32Array.from(golden.numbers(`${name}.${argument}`));
    const options = { requiresGrad: true };
    const tensor = Tensor.from(device, values, shape as number[], options);
    operands.set(argument, tensor);
    return tensor;
  });
  const gradOutput = golden.tensor(`${name}.gradOutput`);
  let output: Tensor;
  {
    using tape = new Tape();
    const operation = ops[call.operation] as (...given: unknown[]) => Tensor;
    output = operation(...given);
    tape.keep(output);
    const weights = Float32Array.from(golden.numbers(`${name}.gradOutput`));
    const weight = Tensor.from(device, weights, gradOutput.shape as number[]);
    tape.backward(ops.sum(ops.mul(output, weight)));
  }
  assertSame(await output.data(), golden.numbers(`${name}.output`), "output");
  for (const [operand, tensor] of operands) {
    const gradient = `grad${operand[0].toUpperCase()}${operand.slice(1)}`;
    const expected = golden.numbers(`${name}.${gradient}`);
    assertSame(await tensor.grad!.data(), expected, gradient);
    tensor[Symbol.dispose]();
  }
  output[Symbol.dispose]();
}

/**
 * Within 5e-6 of the value, or 2e-7; NaN and infinities must be the same.
 */
function assertSame(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  label: string,
): void {
  assert(actual.length === expected.length, `${label}: length`);
  for (let i = 0; i < actual.length; i++) {
    const isSame = Object.is(actual[i], expected[i]) ||
      Math.abs(actual[i] - expected[i]) <= 2e-7 + 5e-6 * Math.abs(expected[i]);
    assert(
      isSame,
      `${label}: element ${i}: expected ${expected[i]}, got ${actual[i]}`,
    );
  }
}
