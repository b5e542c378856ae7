import type {
  Device,
  DeviceBuffer,
  DType,
  Lifetime,
  Operand,
} from "./device.ts";

/** Memory for what lies between kernels, and kernels that are values already. */
export type Scratch = Pick<Device, "allocate" | "release" | "run">;

/** Memory that goes back at the end of its block. */
export class Between implements Disposable {
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
  readonly buffer: Operand["buffer"];
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
