import { describe } from "../base/errors.ts";
import type { DeviceBuffer, DType, Lifetime } from "./device.ts";

/** How elements are stored: as what they are, or f32 in f16. */
export type Stored = DType | "f16";

/** Bytes of one element. */
export const bytesOf: Readonly<Record<Stored, number>> = {
  f32: 4,
  f16: 2,
  i32: 4,
  u8: 1,
};

/** A buffer that says how its elements are stored. */
export interface PooledBuffer extends DeviceBuffer {
  /** How the elements are stored. */
  readonly stored: Stored;
}

/** Buffers of one owner that nobody uses now, by what they can hold. */
class FreeLists<B extends PooledBuffer> {
  readonly #lists = new Map<string, B[]>();

  take(stored: Stored, length: number): B | undefined {
    return this.#lists.get(`${stored}:${length}`)?.pop();
  }

  put(buffer: B): void {
    const key = `${buffer.stored}:${buffer.length}`;
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, [buffer]);
    else list.push(buffer);
  }

  /** Takes all. */
  drain(): B[] {
    const all = [...this.#lists.values()].flat();
    this.#lists.clear();
    return all;
  }
}

/** The buffers that belong to one recorded program. */
export class Reserve<B extends PooledBuffer> {
  /** Buffers that the program itself may use again. */
  readonly free = new FreeLists<B>();
  /** All buffers of the program. */
  readonly owned = new Set<B>();
  /** Those that values from the host may be written to. */
  readonly constants = new Set<B>();
}

/**
 * Hands out buffers and takes them back. While a program is recorded, buffers
 * belong to that program's own reserve until it is disposed: a replay runs in
 * the same order, so what one kernel has finished with another may write, but
 * nothing outside may. Before a reserve allocates, it takes free buffers, which
 * include the buffers of disposed programs.
 */
export class BufferPool<B extends PooledBuffer> {
  readonly #create: (stored: B["stored"], length: number) => B;
  readonly #free = new FreeLists<B>();
  readonly #inUse = new Set<B>();
  readonly #reserveOf = new WeakMap<B, Reserve<B>>();
  #reserve: Reserve<B> | null = null;

  constructor(create: (stored: B["stored"], length: number) => B) {
    this.#create = create;
  }

  /** The reserve of the program that is being recorded, if one is. */
  get reserve(): Reserve<B> | null {
    return this.#reserve;
  }

  take(stored: B["stored"], length: number, lifetime: Lifetime): B {
    const reserve = lifetime === "persistent" ? null : this.#reserve;
    const own = lifetime === "constant"
      ? undefined
      : reserve?.free.take(stored, length);
    const buffer = own ?? this.#free.take(stored, length) ??
      this.#create(stored, length);
    this.#inUse.add(buffer);
    // State that a recorded function makes may be given its first values.
    if (lifetime === "persistent") this.#reserve?.constants.add(buffer);
    if (reserve !== null) {
      reserve.owned.add(buffer);
      this.#reserveOf.set(buffer, reserve);
      if (lifetime === "constant") reserve.constants.add(buffer);
    }
    return buffer;
  }

  give(buffer: B): void {
    if (!this.#inUse.delete(buffer)) {
      throw new TypeError(describe({
        what:
          `release of a ${buffer.dtype} buffer of ${buffer.length} elements`,
        expected: "a buffer of this device that is in use",
        got: "one that was released before, a view, or another device's",
        help: "Dispose of a tensor once, not of its views.",
      }));
    }
    const reserve = this.#reserveOf.get(buffer);
    if (reserve === undefined) this.#free.put(buffer);
    else if (!reserve.constants.has(buffer)) reserve.free.put(buffer);
  }

  /** The buffers that nobody uses, which the pool forgets. */
  drain(): B[] {
    return this.#free.drain();
  }

  /**
   * Runs a function whose buffers come from a reserve of their own. Where it
   * throws, the reserve goes to everybody.
   */
  reserveDuring<T>(run: () => T): { reserve: Reserve<B>; result: T } {
    const reserve = this.#reserve = new Reserve<B>();
    try {
      return { reserve, result: run() };
    } catch (error) {
      this.reclaim(reserve);
      throw error;
    } finally {
      this.#reserve = null;
    }
  }

  /** Gives all buffers of a program that is gone to everybody. */
  reclaim(reserve: Reserve<B>): void {
    for (const buffer of reserve.owned) {
      this.#inUse.delete(buffer);
      this.#reserveOf.delete(buffer);
      this.#free.put(buffer);
    }
    reserve.owned.clear();
  }
}
