import type { DeviceCounters } from "../device.ts";
import { nextIdentity } from "./_buffer.ts";

/** Texels in a row of a texture: texel `i` is at column `i % 4096`. */
const rowLength = 4096;

/** Bytes of a texel: four numbers. */
const texelBytes = 16;

/** Memory that kernels read four numbers at a time. */
export class WebGpuTexture {
  /** Distinguishes textures and buffers in the keys of bind groups. */
  readonly identity = nextIdentity();
  /** The resource that a bind group binds. */
  readonly resource: GPUTextureView;

  constructor(texture: GPUTexture, readonly byteLength: number) {
    this.resource = texture.createView();
  }
}

/**
 * Textures in which one kernel leaves something for the next. Kernels run in
 * order, and whoever reads a texture has had it written just before: so all
 * share those of the same name and size, programs and eager calls alike.
 */
export class Textures {
  readonly #device: GPUDevice;
  readonly #counters: DeviceCounters;
  readonly #textures = new Map<string, WebGpuTexture>();

  constructor(device: GPUDevice, counters: DeviceCounters) {
    this.#device = device;
    this.#counters = counters;
  }

  /** The most texels that a texture can have. */
  get limit(): number {
    return rowLength * this.#device.limits.maxTextureDimension2D;
  }

  /** The texture of a name with room for so many texels. */
  get(name: string, texels: number): WebGpuTexture {
    const rows = 2 ** Math.ceil(Math.log2(Math.ceil(texels / rowLength)));
    const height = Math.min(rows, this.#device.limits.maxTextureDimension2D);
    const key = `${name}:${height}`;
    const known = this.#textures.get(key);
    if (known !== undefined) return known;
    const memory = this.#device.createTexture({
      label: name,
      size: [rowLength, height],
      format: "rgba32float",
      usage: GPUTextureUsage.STORAGE_BINDING,
    });
    const bytes = rowLength * height * texelBytes;
    this.#counters.allocations++;
    this.#counters.bytes += bytes;
    const made = new WebGpuTexture(memory, bytes);
    this.#textures.set(key, made);
    return made;
  }
}
