import { channelSumSource } from "../../../../kernels/channel_sum.gen.ts";
import { type KernelRecord, line } from "../kernel_record.ts";
import { reductionPasses, workgroupSize } from "./_elementwise.ts";

/** Channels of images. */
export interface Channels {
  /** Images. */
  batch: number;
  /** Channels of an image. */
  channels: number;
  /** Elements of a channel. */
  area: number;
}

/** A kernel that sums each channel: the gradient by a bias. */
export function channelSum(name: string): KernelRecord<Channels> {
  return {
    name,
    source: channelSumSource,
    file: "kernels/channel_sum.wgsl",
    entryPoint: "channelSum",
    bindings: ["read", "write"],
    constants: ({ channels, area }) => ({ channels, area, workgroupSize }),
    workgroups: ({ channels }) => line(channels, 1),
    passes: ({ area, batch }) => reductionPasses(batch * area),
  };
}
