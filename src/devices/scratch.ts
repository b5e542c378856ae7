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

/** Where a kernel writes what may not be wanted, and then goes back. */
export class Output implements Operand, Disposable {
  readonly buffer: DeviceBuffer;
  readonly #unwanted: Between | null;

  /** @param wanted Where it goes; null where nobody wants it. */
  constructor(
    wanted: Operand | null,
    scratch: Scratch,
    dtype: DType,
    length: number,
  ) {
    this.#unwanted = wanted ? null : new Between(scratch, dtype, length);
    this.buffer = (wanted ?? this.#unwanted!).buffer;
  }

  [Symbol.dispose](): void {
    this.#unwanted?.[Symbol.dispose]();
  }
}
