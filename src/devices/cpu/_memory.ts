import { describe, DeviceError } from "../../base/errors.ts";
import type { DType, HostArray } from "../device.ts";
import { hostArrays } from "../host_arrays.ts";

/** Bytes of a page of WebAssembly memory. */
const PAGE = 65_536;

/** Pages that a 32-bit pointer reaches: 4 GiB. */
const MAX_PAGES = 65_536;

/** A cache line: no two buffers share one. */
const ALIGNMENT = 64;

/**
 * The memory of a CPU device, one for all its threads. It only grows: who wants
 * a piece again keeps it, as the buffer pool does.
 */
export class CpuMemory {
  /** The memory of the kernels. */
  readonly memory = new WebAssembly.Memory({
    initial: 1,
    maximum: MAX_PAGES,
    shared: true,
  });
  /** The first page stays free, so that a null pointer points at nothing. */
  #end = PAGE;
  #pages = 1;

  /**
   * A piece of memory that no one else has, at a multiple of 64 bytes, zeros.
   *
   * @returns Its pointer.
   * @throws {DeviceError} If there is no more memory.
   */
  allocate(bytes: number): number {
    const pointer = this.#end;
    const end = pointer + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil(end / PAGE) - this.#pages;
    if (missing > 0) this.#grow(missing, bytes);
    this.#end = end;
    return pointer;
  }

  /** A piece of the memory as an array. It stays right when memory grows. */
  array(dtype: DType, pointer: number, length: number): HostArray {
    const buffer: ArrayBufferLike = this.memory.buffer;
    return new hostArrays[dtype](buffer as ArrayBuffer, pointer, length);
  }

  #grow(pages: number, bytes: number): void {
    try {
      this.memory.grow(pages);
      this.#pages += pages;
    } catch (cause) {
      throw new DeviceError(
        describe({
          what: `allocation of ${bytes} bytes on the CPU`,
          expected: `at most ${MAX_PAGES * PAGE} bytes in all`,
          got: `${this.#end} bytes in use already`,
          help: "Use a smaller batch, and free tensors in a loop that awaits " +
            "nothing: `using`, or tidy().",
        }),
        { cause },
      );
    }
  }
}
