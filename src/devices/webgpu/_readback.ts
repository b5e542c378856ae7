import type { Stored } from "../pool.ts";
import type { HostArray } from "../device.ts";
import type { WebGpuBuffer } from "./_buffer.ts";
import type { CommandQueue } from "./_queue.ts";
import { BufferUsage, MapMode } from "./_flags.ts";

const arrays = { f32: Float32Array, i32: Int32Array, u8: Uint8Array };

/**
 * Copies buffers to the host through staging buffers that are used again. It
 * is the one place that maps a buffer: `getMappedRange` before `mapAsync` has
 * settled ends the whole process in Deno 2.9.
 */
export class Readback {
  readonly #device: GPUDevice;
  readonly #queue: CommandQueue;
  readonly #idle = new Map<number, GPUBuffer[]>();

  constructor(device: GPUDevice, queue: CommandQueue) {
    this.#device = device;
    this.#queue = queue;
  }

  async read(buffer: WebGpuBuffer): Promise<HostArray> {
    const { byteLength, byteOffset, length, memory, stored } = buffer;
    const staging = this.#take(byteLength);
    this.#queue.copy(memory, byteOffset, staging, byteLength);
    await staging.mapAsync(MapMode.READ, 0, byteLength);
    const bytes = staging.getMappedRange(0, byteLength).slice(0);
    staging.unmap();
    this.#give(byteLength, staging);
    return toArray(stored, bytes, length);
  }

  #take(byteLength: number): GPUBuffer {
    return this.#idle.get(byteLength)?.pop() ?? this.#device.createBuffer({
      label: "read-back",
      size: byteLength,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
  }

  #give(byteLength: number, staging: GPUBuffer): void {
    const list = this.#idle.get(byteLength);
    if (list === undefined) this.#idle.set(byteLength, [staging]);
    else list.push(staging);
  }
}

function toArray(
  stored: Stored,
  bytes: ArrayBuffer,
  length: number,
): HostArray {
  if (stored === "f16") {
    return Float32Array.from(new Float16Array(bytes, 0, length));
  }
  return new arrays[stored](bytes, 0, length);
}
