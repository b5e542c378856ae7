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
  /** Memory of part 0: an f64 for each channel. */
  memory: usize;
  /** Bytes from one part's memory to the next one's. */
  memoryStride: usize;
}

/** `Σ x` of each channel, in f64 over the images. A part is whole channels. */
export function channelSum(args: ChannelSumArgs, part: i32, parts: i32): void {
  const x = args.x, output = args.output;
  const batch = args.batch, channels = args.channels, area = args.area;
  const first = partStart(channels, part, parts);
  const end = partStart(channels, part + 1, parts);
  const sums = args.memory + args.memoryStride * part;
  memory.fill(sums, 0, <usize> (end - first) << 3);
  for (let image = 0; image < batch; image++) {
    if (area == 1) {
      addRow(x + (<usize> (image * channels + first) << 2), sums, end - first);
      continue;
    }
    for (let c = first, to = sums; c < end; c++, to += 8) {
      const plane = image * channels + c;
      const sum = sumOf(x + (<usize> (plane * area) << 2), area);
      store<f64>(to, load<f64>(to) + sum);
    }
  }
  for (let c = first, from = sums; c < end; c++, from += 8) {
    store<f32>(output + (<usize> c << 2), <f32> load<f64>(from));
  }
}

/** Adds a row of numbers to their sums. */
function addRow(from: usize, sums: usize, count: i32): void {
  let i = 0;
  for (; i + 2 <= count; i += 2) {
    const values = f64x2.promote_low_f32x4(v128.load64_zero(from));
    v128.store(sums, f64x2.add(v128.load(sums), values));
    from += 8;
    sums += 16;
  }
  if (i < count) store<f64>(sums, load<f64>(sums) + <f64> load<f32>(from));
}
