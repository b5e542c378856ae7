import type { DeviceCounters } from "../device.ts";
import type { WebGpuBuffer } from "./_buffer.ts";
import type { Pipeline } from "./_pipelines.ts";

/** Bind groups to keep; eager code that never repeats itself starts afresh. */
const limit = 4096;

/** Bind groups, once for each pipeline and list of buffers. */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #counters: DeviceCounters;
  readonly #groups = new Map<string, GPUBindGroup>();

  constructor(device: GPUDevice, counters: DeviceCounters) {
    this.#device = device;
    this.#counters = counters;
  }

  get(pipeline: Pipeline, buffers: readonly WebGpuBuffer[]): GPUBindGroup {
    const key = [pipeline, ...buffers].map(({ identity }) => identity).join();
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = this.#device.createBindGroup({
      layout: pipeline.layout,
      entries: buffers.map((buffer, binding) => ({
        binding,
        resource: {
          buffer: buffer.memory,
          offset: buffer.byteOffset,
          size: buffer.byteLength,
        },
      })),
    });
    this.#counters.bindGroups++;
    if (this.#groups.size >= limit) this.#groups.clear();
    this.#groups.set(key, group);
    return group;
  }
}
