import type { DeviceCounters } from "../device.ts";
import { nextIdentity } from "./_buffer.ts";
import { TextureUsage } from "./_flags.ts";
import { rowLength, type TexelFormat } from "./_texel_reads.ts";

/** Bytes of a texel: one number, two or four. */
export const texelBytes: Readonly<Record<TexelFormat, number>> = {
  r32float: 4,
  r32sint: 4,
  rg32float: 8,
  rgba32float: 16,
  rgba32uint: 16,
};

/** Memory that kernels read four numbers at a time, or one. */
export class WebGpuTexture {
  /** Distinguishes textures and buffers in the keys of bind groups. */
  readonly identity = nextIdentity();
  /** The resource that a bind group binds. */
  readonly resource: GPUTextureView;

  constructor(readonly memory: GPUTexture, readonly byteLength: number) {
    this.resource = memory.createView();
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
  get(
    name: string,
    texels: number,
    format: TexelFormat = "rgba32float",
  ): WebGpuTexture {
    const rows = 2 ** Math.ceil(Math.log2(Math.ceil(texels / rowLength)));
    const height = Math.min(rows, this.#device.limits.maxTextureDimension2D);
    const key = `${name}:${height}:${format}`;
    const known = this.#textures.get(key);
    if (known !== undefined) return known;
    const memory = this.#device.createTexture({
      label: name,
      size: [rowLength, height],
      format,
      usage: TextureUsage.STORAGE_BINDING | TextureUsage.COPY_DST,
    });
    const bytes = rowLength * height * texelBytes[format];
    this.#counters.allocations++;
    this.#counters.bytes += bytes;
    const made = new WebGpuTexture(memory, bytes);
    this.#textures.set(key, made);
    return made;
  }
}
