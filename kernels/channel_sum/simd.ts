// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { partStart } from "../lib/simd/parts.ts";
import { sumOf } from "../lib/simd/sums.ts";

@unmanaged
export class ChannelSumArgs {
  x: usize;
  output: usize;
  batch: i32;
  channels: i32;
  area: i32;
}

/** `Σ x` of each channel, in f64 over the images. A part is whole channels. */
export function channelSum(args: ChannelSumArgs, part: i32, parts: i32): void {
  const x = args.x, output = args.output;
  const batch = args.batch, channels = args.channels, area = args.area;
  const end = partStart(channels, part + 1, parts);
  let channel = partStart(channels, part, parts);
  for (; channel < end; channel++) {
    let sum: f64 = 0;
    for (let image = 0; image < batch; image++) {
      const plane = image * channels + channel;
      sum += sumOf(x + (<usize> (plane * area) << 2), area);
    }
    store<f32>(output + (<usize> channel << 2), <f32> sum);
  }
}
