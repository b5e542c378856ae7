import {
  channelSum,
  type ChannelSumShape,
} from "../../../kernels/channel_sum/channel_sum.ts";
import { type KernelCase, random } from "./_harness.ts";

/** Worst measured: 7.6e-6 absolute, of two planes of 1,223 numbers. */
const TOLERANCE = { atol: 1e-5, rtol: 0 };

const SHAPES: Record<string, ChannelSumShape> = {
  "one element": { batch: 1, channels: 1, area: 1 },
  "rows of an odd number of channels": { batch: 67, channels: 13, area: 1 },
  "rows of one channel": { batch: 130, channels: 1, area: 1 },
  "fewer channels than threads": { batch: 3, channels: 2, area: 49 },
  "planes of an odd size": { batch: 5, channels: 7, area: 35 },
  "planes longer than what is summed in f32": {
    batch: 2,
    channels: 5,
    area: 1223,
  },
};

/** Sums of each channel over images and pixels. */
export const channelSumCases: readonly KernelCase[] = Object.entries(SHAPES)
  .map(([name, shape]): KernelCase => ({
    name: `channelSum: ${name}`,
    run(harness) {
      const { area, batch, channels } = shape;
      const x = random(batch * channels * area, 1);
      const output = new Float64Array(channels);
      harness.check(channelSum, { x, output }, shape, TOLERANCE);
    },
  }));
