import { assertEquals } from "@std/assert";
import {
  batchNorm2dParameterGradient,
  batchNorm2dStatistics,
} from "../../kernels/batch_norm2d/batch_norm2d.ts";
import { channelSum } from "../../kernels/channel_sum/channel_sum.ts";
import type { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { webGpuTest } from "../_webgpu.ts";

/** One channel as four planes of an odd size, and as one plane of whole fours. */
const odd = { batch: 4, channels: 1, area: 2_501, eps: 1e-5 };
const whole = { batch: 1, channels: 1, area: 4 * odd.area, eps: 1e-5 };

webGpuTest(
  "webgpu: sums of a channel by fours add in the same order: the same bits",
  async (device) => {
    assertEquals(await sumsOf(device, whole), await sumsOf(device, odd));
  },
);

/** Sum, statistics and parameters' gradients of a channel. */
async function sumsOf(device: WebGpuDevice, shape: typeof odd) {
  const count = odd.batch * odd.area;
  const filled = (length: number, valueOf: (i: number) => number) => {
    const buffer = device.allocate("f32", length);
    device.write(buffer, Float32Array.from({ length }, (_, i) => valueOf(i)));
    return { buffer };
  };
  const one = () => filled(1, () => 0.5);
  const x = filled(count, (i) => Math.sin(i) * 3 + 1);
  const gradOutput = filled(count, (i) => Math.cos(i * i));
  const [sum, mean, invStd, runningMean, runningVar, gradWeight, gradBias] =
    Array.from({ length: 7 }, one);
  device.run(channelSum, { x, output: sum }, shape);
  device.run(
    batchNorm2dStatistics,
    { x, runningMean, runningVar, numBatchesTracked: null, mean, invStd },
    { ...shape, momentum: 0.1 },
  );
  device.run(
    batchNorm2dParameterGradient,
    { gradOutput, x, mean, invStd, gradWeight, gradBias },
    shape,
  );
  const results = [sum, mean, invStd, runningVar, gradWeight, gradBias];
  const values = [];
  for (const { buffer } of results) {
    values.push((await device.read(buffer))[0]);
    device.release(buffer);
  }
  return values;
}
