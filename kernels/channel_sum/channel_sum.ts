import { dispatch, kernel, workgroupsFor } from "../kernel.ts";
import { workgroupSize } from "../lib/elementwise.ts";
import { inFours, reductionIterations } from "../lib/reduce.ts";
import { threadMemory } from "../lib/thread_memory.ts";
import * as wgsl from "./channel_sum.gen.ts";
import * as simd from "./simd.gen.ts";

/** Sizes of `[batch, channels, area]`. */
export interface ChannelSumShape {
  /** Images in the batch. */
  readonly batch: number;
  /** Channels of an image. */
  readonly channels: number;
  /** Elements of a channel of an image. */
  readonly area: number;
}

/** `output = Σ x` over images and pixels, for each channel: `[channels]`. */
export const channelSum = /* @__PURE__ */ kernel({
  name: "channelSum",
  operands: { x: "read", output: "write" },
  reference({ output, x }, { area, batch, channels }: ChannelSumShape) {
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let image = 0; image < batch; image++) {
        const first = (image * channels + channel) * area;
        for (let i = first; i < first + area; i++) sum += x[i];
      }
      output[channel] = sum;
    }
  },
  webgpu: ({ output, x }, { area, batch, channels }) => {
    const workgroups = workgroupsFor(channels, 1);
    const iterations = reductionIterations(batch * area);
    return [
      area % 4 === 0
        ? dispatch(wgsl.channelSumFours, {
          bind: { xFours: x, output },
          constants: inFours({ channels, area }),
          workgroups,
          iterations,
        })
        : dispatch(wgsl.channelSum, {
          bind: { x, output },
          constants: {
            channels,
            area,
            // More would add nothing.
            workgroupSize: Math.min(workgroupSize, powerOfTwo(batch * area)),
          },
          workgroups,
          iterations,
        }),
    ];
  },
  wasm: ({ output, x }, shape, cpu) => [
    simd.channelSum({
      ...shape,
      x,
      output,
      ...threadMemory(cpu, shape.channels * 8),
    }, { work: shape.batch * shape.channels * shape.area }),
  ],
});

/** The least power of two that is not less. */
function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
