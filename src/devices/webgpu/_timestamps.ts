import type { Profile } from "../profile.ts";
import type { Command } from "./_queue.ts";
import { BufferUsage, MapMode } from "./_flags.ts";

/** Queries of a set: WebGPU allows no more. */
const capacity = 4096;

/** A run whose two timestamps are not on the host yet. */
type Pending = Pick<Command, "name" | "operations" | "bytes">;

/**
 * Measures how long each kernel runs, by timestamps at both ends of a compute
 * pass of its own.
 */
export class Timestamps {
  readonly #device: GPUDevice;
  readonly #profile: Profile;
  readonly #isSoftware: boolean;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #idle: GPUBuffer[] = [];
  readonly #arriving = new Set<Promise<void>>();
  #pending: Pending[] = [];
  #origin: bigint | null = null;

  /**
   * Keeps the arguments.
   *
   * @param isSoftware Whether a processor plays the GPU. Mesa's (llvmpipe 22.3)
   * may run a kernel before it writes the timestamp of its beginning: a run is
   * then what lies between two ends.
   */
  constructor(device: GPUDevice, profile: Profile, isSoftware: boolean) {
    this.#isSoftware = isSoftware;
    this.#device = device;
    this.#profile = profile;
    this.#queries = device.createQuerySet({
      type: "timestamp",
      count: capacity,
    });
    this.#resolved = device.createBuffer({
      size: capacity * 8,
      usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC,
    });
  }

  /** Whether all queries are in use until the next submit. */
  get full(): boolean {
    return 2 * this.#pending.length === capacity;
  }

  /** Where the pass of a command writes its timestamps. */
  next(command: Command): GPUComputePassTimestampWrites {
    const index = 2 * this.#pending.length;
    this.#pending.push(command);
    return {
      querySet: this.#queries,
      beginningOfPassWriteIndex: index,
      endOfPassWriteIndex: index + 1,
    };
  }

  /** Adds the copy of all timestamps; to call before the encoder finishes. */
  resolve(encoder: GPUCommandEncoder): (() => void) | null {
    const pending = this.#pending;
    if (pending.length === 0) return null;
    this.#pending = [];
    const bytes = 16 * pending.length;
    const staging = this.#idle.pop() ?? this.#device.createBuffer({
      size: capacity * 8,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
    const count = 2 * pending.length;
    encoder.resolveQuerySet(this.#queries, 0, count, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, staging, 0, bytes);
    return () => this.#track(this.#read(staging, bytes, pending));
  }

  /** Resolves when the times of everything submitted are in the profile. */
  async arrived(): Promise<void> {
    await Promise.all(this.#arriving);
  }

  #track(arrival: Promise<void>): void {
    this.#arriving.add(arrival);
    // What failed stays, for whoever waits for all; nobody does once a device is
    // closed, with which the times on their way are lost.
    arrival.then(() => this.#arriving.delete(arrival), () => {});
  }

  async #read(
    staging: GPUBuffer,
    bytes: number,
    pending: readonly Pending[],
  ): Promise<void> {
    await staging.mapAsync(MapMode.READ, 0, bytes);
    const times = new BigUint64Array(staging.getMappedRange(0, bytes).slice(0));
    staging.unmap();
    this.#idle.push(staging);
    this.#origin ??= times[0];
    let last = times[0];
    for (const [index, { name, operations, bytes }] of pending.entries()) {
      const [begun, end] = times.subarray(2 * index);
      const begin = this.#isSoftware ? last : begun;
      last = end;
      const start = Number(begin - this.#origin) / 1000;
      const duration = Number(end - begin) / 1000;
      this.#profile.add({ name, start, duration, operations, bytes });
    }
  }
}
