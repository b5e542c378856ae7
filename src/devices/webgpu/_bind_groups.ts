import type { DeviceCounters } from "../device.ts";
import type { WebGpuBuffer } from "./_buffer.ts";
import type { Pipeline } from "./_pipelines.ts";
import type { WebGpuTexture } from "./_textures.ts";
import type { WebGpuUniform } from "./_uniforms.ts";

/** Bind groups to keep; eager code that never repeats itself starts afresh. */
const limit = 4096;

/** The resource that a kernel is bound to. */
export type Bound = WebGpuBuffer | WebGpuTexture | WebGpuUniform;

/** Bind groups, once for each pipeline and list of what is bound. */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #counters: DeviceCounters;
  readonly #groups = new Map<string, GPUBindGroup>();

  constructor(device: GPUDevice, counters: DeviceCounters) {
    this.#device = device;
    this.#counters = counters;
  }

  /** @param bound In the order of the pipeline's slots. */
  get(pipeline: Pipeline, bound: readonly Bound[]): GPUBindGroup {
    const key = [pipeline, ...bound].map(({ identity }) => identity).join();
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = this.#device.createBindGroup({
      layout: pipeline.layout,
      entries: bound.map(({ resource }, at) => ({
        binding: pipeline.slots[at],
        resource,
      })),
    });
    this.#counters.bindGroups++;
    if (this.#groups.size >= limit) this.#groups.clear();
    this.#groups.set(key, group);
    return group;
  }
}
