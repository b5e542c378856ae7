import type { DeviceBuffer, DType, Lifetime, Operand } from "./device.ts";

/** Memory for what lies between kernels. */
export interface Scratch {
  /** Gives a buffer with arbitrary content. */
  allocate(dtype: DType, length: number, lifetime?: Lifetime): DeviceBuffer;
  /** Takes it back. */
  release(buffer: DeviceBuffer): void;
}

/** Memory that goes back at the end of its block. */
export class Between implements Operand, Disposable {
  readonly buffer: DeviceBuffer;
  readonly #scratch: Scratch;

  constructor(
    scratch: Scratch,
    dtype: DType,
    length: number,
    lifetime: Lifetime = "pooled",
  ) {
    this.#scratch = scratch;
    this.buffer = scratch.allocate(dtype, length, lifetime);
  }

  [Symbol.dispose](): void {
    this.#scratch.release(this.buffer);
  }
}
