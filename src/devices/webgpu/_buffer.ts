import { bytesOf, type PooledBuffer, type Stored } from "../pool.ts";
import type { DType } from "../device.ts";

/** The start of a binding must be a multiple of this: WebGPU's default limit. */
export const bindingAlignment = 256;

let lastIdentity = 0;

/** A number that no other buffer or texture has. */
export function nextIdentity(): number {
  return ++lastIdentity;
}

/** A range of a `GPUBuffer`. */
export class WebGpuBuffer implements PooledBuffer {
  /** Distinguishes buffers in the keys of bind groups. */
  readonly identity = nextIdentity();
  /** Views made so far: a part that is taken again is known by its bind groups. */
  readonly #views = new Map<string, WebGpuBuffer>();

  constructor(
    readonly memory: GPUBuffer,
    readonly stored: Stored,
    readonly length: number,
    readonly byteOffset = 0,
  ) {}

  get dtype(): DType {
    return this.stored === "f16" ? "f32" : this.stored;
  }

  /** Bytes that a binding covers: a multiple of four. */
  get byteLength(): number {
    return Math.ceil(this.length * bytesOf[this.stored] / 4) * 4;
  }

  /** The resource that a bind group binds. */
  get resource(): GPUBufferBinding {
    const { memory: buffer, byteOffset: offset, byteLength: size } = this;
    return { buffer, offset, size };
  }

  view(offset: number, length: number): WebGpuBuffer {
    const key = `${offset}:${length}`;
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const byteOffset = this.byteOffset + offset * bytesOf[this.stored];
    const view = new WebGpuBuffer(this.memory, this.stored, length, byteOffset);
    this.#views.set(key, view);
    return view;
  }
}
