/**
 * The contract of a device: memory, a set of kernels, and the recording of a
 * step for replay. Nothing above this line knows whether it runs on a GPU.
 *
 * @module
 */

import type {
  DType,
  Kernel,
  Operand,
  OperandsOf,
  Precision,
  Signature,
} from "../../kernels/kernel.ts";
import type { Profile } from "./profile.ts";

export type { DType, Operand, Precision };

/** The typed array that holds elements of a type on the host. */
export type HostArray<D extends DType = DType> = {
  f32: Float32Array;
  i32: Int32Array;
  u8: Uint8Array;
}[D];

/** A piece of a device's memory. Only its own device can look inside. */
export interface DeviceBuffer {
  /** The type of the elements. */
  readonly dtype: DType;
  /** How many elements there are. */
  readonly length: number;
  /**
   * A part of this buffer that shares its memory.
   *
   * @param offset First element; a multiple of {@linkcode Device.alignment}.
   * @param length Elements of the part.
   */
  view(offset: number, length: number): DeviceBuffer;
}

/** How long an allocation lives: see {@linkcode Device.allocate}. */
export type Lifetime = "pooled" | "activation" | "constant" | "persistent";

/** Counts since a device was opened. Tests and benchmarks watch them. */
export interface DeviceCounters {
  /** Buffers newly created, not taken from the pool. */
  allocations: number;
  /** Bytes of all buffers that exist now. */
  bytes: number;
  /** Kernels started. */
  dispatches: number;
  /** Bind groups created; stays 0 on the CPU. */
  bindGroups: number;
  /** Command buffers handed to the queue; stays 0 on the CPU. */
  submits: number;
  /** Reads back to the host. */
  reads: number;
}

/** A recorded list of kernel calls on fixed buffers. */
export interface Program extends Disposable {
  /** Kernel calls in the list. */
  readonly length: number;
  /** Runs the list again. Allocates nothing and checks nothing. */
  replay(): void;
}

/**
 * A place where tensors live and kernels run.
 *
 * @category Devices
 */
export interface Device extends Disposable {
  /** Which kind of device this is. */
  readonly kind: "webgpu" | "cpu";
  /** For people: `webgpu (NVIDIA H100)`, `cpu (2 threads, relaxed SIMD)`. */
  readonly label: string;
  /** Counts since the device was opened. */
  readonly counters: Readonly<DeviceCounters>;
  /** Times of all kernels, or null where the device keeps none. */
  readonly profile: Profile | null;
  /** Elements to which the offset of a view must be aligned. */
  readonly alignment: number;

  /**
   * Runs a kernel on operands of this device, after all that ran before.
   *
   * @throws {TypeError} If an operand belongs to another device.
   */
  run<S extends Signature>(
    kernel: Kernel<S, void>,
    operands: OperandsOf<NoInfer<S>>,
  ): void;
  /** Runs a kernel that has parameters. */
  run<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: OperandsOf<NoInfer<S>>,
    params: NoInfer<P>,
  ): void;

  /**
   * Gives a buffer with arbitrary content.
   *
   * Outside a recording all lifetimes are the same: the buffer goes back to a
   * pool on release. While a program is recorded, a `"pooled"` buffer belongs
   * to that program, which uses it again after its release; a `"constant"` one
   * does too, but is never used again, so that what was written into it stays;
   * a `"persistent"` one never belongs to a program: it is state that outlives
   * it, as a parameter's gradient does. An `"activation"` is as a pooled one;
   * its f32 elements may be stored in f16, by a device of that precision.
   */
  allocate(dtype: DType, length: number, lifetime?: Lifetime): DeviceBuffer;

  /** Returns a buffer to the pool. It must not be used afterwards. */
  release(buffer: Operand["buffer"]): void;

  /**
   * Writes host values into the buffer, after all work given before.
   *
   * @throws {TypeError} If the array is not of the buffer's element type.
   * @throws {RangeError} If there are no values, or more than elements.
   * @throws {DeviceError} While a program is recorded, unless the buffer is a
   * constant of that program, or persistent and made meanwhile: a replay would
   * not write the values again.
   */
  write(buffer: Operand["buffer"], values: HostArray): void;

  /**
   * Copies a buffer to the host, after all work given before.
   *
   * @throws {DeviceError} While a program is recorded.
   */
  read(buffer: Operand["buffer"]): Promise<HostArray>;

  /**
   * Runs a function and records every kernel that it starts.
   *
   * @throws {DeviceError} If a program is being recorded already.
   */
  record<T>(run: () => T): { program: Program; result: T };

  /** Whether {@linkcode Device.record} is running. */
  readonly recording: boolean;

  /** Resolves when all work given so far is done. */
  settle(): Promise<void>;
}
