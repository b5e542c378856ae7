import { describe, DeviceError } from "../../base/errors.ts";
import type { DType, HostArray } from "../device.ts";
import { hostArrays } from "../host_arrays.ts";

/** Bytes of a page of WebAssembly memory. */
const PAGE = 65_536;

/** Pages that a 32-bit pointer reaches: 4 GiB. */
const MAX_PAGES = 65_536;

/** A cache line: no two buffers share one. */
const ALIGNMENT = 64;

/** A piece of memory. */
export interface Piece {
  /** Its first byte. */
  readonly pointer: number;
  /** Its size. */
  readonly bytes: number;
}

/**
 * The memory of a CPU device, one for all its threads. It grows as long as it can:
 * who wants a piece again keeps it, as the buffer pool does. Then pieces that
 * nobody uses serve others, of other sizes.
 */
export class CpuMemory {
  /** The memory of the kernels. */
  readonly memory = new WebAssembly.Memory({
    initial: 1,
    maximum: MAX_PAGES,
    shared: true,
  });
  readonly #reclaim: () => readonly Piece[];
  /** The first page stays free, so that a null pointer points at nothing. */
  #end = PAGE;
  #pages = 1;
  /** Free pieces before the end, by their pointers; none lies beside another. */
  #holes: Piece[] = [];

  /** @param reclaim Gives back, once, the pieces that nobody uses. */
  constructor(reclaim: () => readonly Piece[]) {
    this.#reclaim = reclaim;
  }

  /**
   * A piece of memory that no one else has, at a multiple of 64 bytes, with
   * arbitrary content.
   *
   * @returns Its pointer.
   * @throws {DeviceError} If there is no more memory.
   */
  allocate(bytes: number): number {
    const size = sizeOf(bytes);
    try {
      return this.#inHole(size) ?? this.#atEnd(size);
    } catch {
      this.#addHoles(this.#reclaim());
    }
    try {
      return this.#inHole(size) ?? this.#atEnd(size);
    } catch (cause) {
      throw exhausted(bytes, this.#end, cause);
    }
  }

  /** A piece of the memory as an array. It stays right when memory grows. */
  array(dtype: DType, pointer: number, length: number): HostArray {
    const buffer: ArrayBufferLike = this.memory.buffer;
    return new hostArrays[dtype](buffer as ArrayBuffer, pointer, length);
  }

  /** The start of the smallest hole that is large enough, or null. */
  #inHole(size: number): number | null {
    const fitting = this.#holes.filter(({ bytes }) => bytes >= size);
    if (fitting.length === 0) return null;
    const hole = fitting.reduce((best, one) =>
      one.bytes < best.bytes ? one : best
    );
    const { bytes, pointer } = hole;
    const rest = { pointer: pointer + size, bytes: bytes - size };
    const at = this.#holes.indexOf(hole);
    this.#holes.splice(at, 1, ...rest.bytes > 0 ? [rest] : []);
    return pointer;
  }

  /** A piece behind all others. */
  #atEnd(size: number): number {
    const pointer = this.#end;
    const end = pointer + size;
    const missing = Math.ceil(end / PAGE) - this.#pages;
    if (missing > 0) {
      this.memory.grow(missing);
      this.#pages += missing;
    }
    this.#end = end;
    return pointer;
  }

  /** Makes neighbours one; what lies at the end is no hole. */
  #addHoles(pieces: readonly Piece[]): void {
    const free = [...this.#holes, ...pieces];
    this.#holes = [];
    for (const { bytes, pointer } of free.sort(byPointer)) {
      const size = sizeOf(bytes);
      const last = this.#holes.at(-1);
      if (last !== undefined && last.pointer + last.bytes === pointer) {
        this.#holes.pop();
        const all = last.bytes + size;
        this.#holes.push({ pointer: last.pointer, bytes: all });
      } else this.#holes.push({ pointer, bytes: size });
    }
    const last = this.#holes.at(-1);
    if (last === undefined || last.pointer + last.bytes !== this.#end) return;
    this.#end = last.pointer;
    this.#holes.pop();
  }
}

/** Bytes of a piece for so many. */
function sizeOf(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function byPointer(one: Piece, other: Piece): number {
  return one.pointer - other.pointer;
}

function exhausted(bytes: number, used: number, cause: unknown): DeviceError {
  return new DeviceError(
    describe({
      what: `allocation of ${bytes} bytes on the CPU`,
      expected: `at most ${MAX_PAGES * PAGE} bytes in all`,
      got: `${used} bytes in use already`,
      help: "Use a smaller batch, and free tensors in a loop that awaits " +
        "nothing: `using`, or tidy().",
    }),
    { cause },
  );
}
