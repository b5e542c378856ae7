import type { HostArray } from "../device.ts";
import type { WebGpuBuffer } from "./_buffer.ts";
import type { CommandQueue } from "./_queue.ts";
import { BufferUsage, MapMode } from "./_flags.ts";
import { hostArrays } from "../host_arrays.ts";

/**
 * Copies buffers to the host through staging buffers that are used again. It
 * is the one place that maps a buffer: `getMappedRange` before `mapAsync` has
 * settled ends the whole process in Deno 2.9, but for a buffer that was mapped
 * before: it throws there, as it does elsewhere, where the bytes are not there.
 */
export class Readback {
  readonly #device: GPUDevice;
  readonly #queue: CommandQueue;
  /** Staging buffers by their bytes, powers of two, each mapped before. */
  readonly #idle: Record<number, GPUBuffer[]> = {};

  constructor(device: GPUDevice, queue: CommandQueue) {
    this.#device = device;
    this.#queue = queue;
  }

  async read(buffer: WebGpuBuffer): Promise<HostArray> {
    const { byteLength, byteOffset, length, memory, stored } = buffer;
    const size = Math.min(
      2 ** Math.ceil(Math.log2(byteLength)),
      this.#device.limits.maxBufferSize,
    );
    const idle = this.#idle[size] ??= [];
    const known = idle.pop();
    const staging = known ?? this.#device.createBuffer({
      label: "read-back",
      size,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
    this.#queue.copy(memory, byteOffset, staging, byteLength);
    const mapped = staging.mapAsync(MapMode.READ, 0, byteLength);
    const copy = () => staging.getMappedRange(0, byteLength).slice();
    // Deno 2.9 waits in `mapAsync` itself until the bytes are there, and settles
    // what it returned ten milliseconds later. Others have a turn meanwhile.
    const turn = new Promise<void>((resolve) => setTimeout(resolve));
    const bytes = await Promise.race([mapped, known ? turn : mapped])
      .then(copy).catch(() => mapped.then(copy));
    staging.unmap();
    idle.push(staging);
    return stored === "f16"
      ? Float32Array.from(new Float16Array(bytes, 0, length))
      : new hostArrays[stored](bytes, 0, length);
  }
}
