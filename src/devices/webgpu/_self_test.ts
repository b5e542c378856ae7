import { conv2dForward } from "../../../kernels/conv2d/conv2d.ts";
import { batchNorm2dStatistics } from "../../../kernels/batch_norm2d/batch_norm2d.ts";
import { sumKernels } from "../../../kernels/sum/sum.ts";
import { describe, DeviceError } from "../../base/errors.ts";
import type { Device, DeviceBuffer, DType, HostArray } from "../device.ts";

/** Whole numbers from 1 up to `count`. */
function counting(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => index + 1);
}

/** What a device must make of small numbers, and what it made. */
interface Finding {
  readonly kernel: string;
  readonly expected: readonly number[];
  readonly actual: HostArray;
}

/**
 * Runs a convolution, the statistics of its output and a long sum on numbers
 * whose results are known, and refuses a device that gets them wrong: drivers
 * do, without an error.
 *
 * @throws {DeviceError} If a result is wrong.
 */
export async function selfTest(device: Device): Promise<void> {
  const operands: { buffer: DeviceBuffer }[] = [];
  const make = (values: HostArray | number, dtype: DType = "f32") => {
    const length = typeof values === "number" ? values : values.length;
    const operand = { buffer: device.allocate(dtype, length) };
    operands.push(operand);
    if (typeof values !== "number") device.write(operand.buffer, values);
    return operand;
  };
  const results = [convolved(device, make), summed(device, make)].flat();
  const findings = await Promise.all(
    results.map(async ({ operand, ...rest }): Promise<Finding> => ({
      ...rest,
      actual: await device.read(operand.buffer),
    })),
  );
  for (const { buffer } of operands) device.release(buffer);
  for (const finding of findings) check(device.label, finding);
}

type Make = (values: HostArray | number) => { buffer: DeviceBuffer };

/** 1 to 9 in a square under a 2×2 kernel of 1 to 4, and their statistics. */
function convolved(device: Device, make: Make) {
  const output = make(4), mean = make(1), invStd = make(1);
  const bias = make(Float32Array.of(0.5));
  const x = make(counting(9)), weight = make(counting(4));
  device.run(conv2dForward, { x, weight, bias, output }, {
    batch: 1,
    inChannels: 1,
    inHeight: 3,
    inWidth: 3,
    outChannels: 1,
    outHeight: 2,
    outWidth: 2,
    kernelHeight: 2,
    kernelWidth: 2,
    strideHeight: 1,
    strideWidth: 1,
    paddingHeight: 0,
    paddingWidth: 0,
    dilationHeight: 1,
    dilationWidth: 1,
  });
  device.run(batchNorm2dStatistics, {
    x: output,
    runningMean: make(counting(1)),
    runningVar: make(counting(1)),
    numBatchesTracked: null,
    mean,
    invStd,
  }, { batch: 1, channels: 1, area: 4, eps: 0, momentum: 0.5 });
  const square = [37.5, 47.5, 67.5, 77.5];
  return [
    { kernel: "conv2dForward", operand: output, expected: square },
    { kernel: "batchNorm2dStatistics", operand: mean, expected: [57.5] },
    {
      kernel: "batchNorm2dStatistics",
      operand: invStd,
      expected: [1 / Math.sqrt(250)],
    },
  ];
}

/** The sum of 1 to 5,000. */
function summed(device: Device, make: Make) {
  const output = make(1);
  const operands = { x: make(counting(5000)), axes: null, output };
  device.run(sumKernels.forward, operands, { factor: 1 });
  return [{ kernel: "sum", operand: output, expected: [12_502_500] }];
}

function check(label: string, { actual, expected, kernel }: Finding): void {
  const right = expected.every((value, index) =>
    Math.abs(actual[index] - value) <= 1e-5 * Math.abs(value)
  );
  if (right) return;
  throw new DeviceError(describe({
    what: `self-test of ${label}: ${kernel}`,
    expected: expected.join(", "),
    got: actual.join(", "),
    help: "This adapter computes wrongly: update its driver, or use " +
      "`--device cpu`.",
  }));
}
