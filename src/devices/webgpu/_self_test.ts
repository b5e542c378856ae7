import { optionText } from "../../base/help.ts";
import type { ArraysOf, Signature } from "../../../kernels/kernel.ts";
import { type SelfTest, selfTests } from "../../../kernels/self_test.ts";
import { describe, DeviceError } from "../../base/errors.ts";
import type { Device, HostArray } from "../device.ts";

/** A result of a kernel, as its reference has it and as the device does. */
interface Finding {
  readonly kernel: string;
  readonly expected: ArrayLike<number>;
  readonly actual: HostArray;
}

/**
 * Runs kernels on numbers whose results are known, and refuses a device that gets
 * them wrong.
 *
 * @throws {DeviceError} If a result is wrong.
 */
export async function selfTest(device: Device): Promise<void> {
  const findings = await Promise.all(
    selfTests().map((test) => findingsOf(device, test)),
  );
  for (const finding of findings.flat()) check(device.label, finding);
}

/** All that a kernel has written. */
async function findingsOf(
  device: Device,
  { kernel, operands, params }: SelfTest,
): Promise<Finding[]> {
  const all = Object.entries(operands).map(([name, values]) => {
    if (values === null) return { name, operand: null, expected: null };
    const given = values as HostArray;
    const dtype = given instanceof Float32Array ? "f32" : "i32";
    const operand = { buffer: device.allocate(dtype, given.length) };
    device.write(operand.buffer, given);
    return { name, operand, expected: given.slice() };
  });
  device.run(
    kernel,
    Object.fromEntries(all.map(({ name, operand }) => [name, operand])),
    params,
  );
  const arrays = all.map(({ expected, name }) => [name, expected]);
  kernel.reference(
    Object.fromEntries(arrays) as ArraysOf<Signature>,
    params,
  );
  const findings: Promise<Finding>[] = [];
  for (const { expected, name, operand } of all) {
    if (operand === null || kernel.operands[name].startsWith("read")) continue;
    findings.push(
      device.read(operand.buffer)
        .then((actual) => ({ kernel: kernel.name, expected, actual })),
    );
  }
  for (const { operand } of all) {
    if (operand !== null) device.release(operand.buffer);
  }
  return await Promise.all(findings);
}

function check(label: string, { actual, expected, kernel }: Finding): void {
  const right = Array.from(expected).every((value, index) =>
    Math.abs(actual[index] - value) <= 1e-5 * Math.abs(value)
  );
  if (right) return;
  throw new DeviceError(describe({
    what: `self-test of ${label}: ${kernel}`,
    expected: Array.from(expected).join(", "),
    got: actual.join(", "),
    help: "This adapter computes wrongly: update its driver, or use " +
      `${optionText("device", "cpu")}.`,
  }));
}
