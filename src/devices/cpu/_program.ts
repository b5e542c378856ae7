import type { KernelCost } from "../../../kernels/kernel.ts";
import type { Profile } from "../profile.ts";
import type { CpuMemory } from "./_memory.ts";
import type { ThreadPool } from "./_thread_pool.ts";

/** The parts of a call that every kind of kernel has. */
interface AnyCall extends KernelCost {
  /** The name in a profile. */
  readonly name: string;
}

/** A call of a kernel in WebAssembly: see `kernels/lib/simd/run.ts`. */
export interface WasmCall extends AnyCall {
  /** The kernel's index in the table. */
  readonly kernel: number;
  /** In how many parts the kernel splits its work. */
  readonly parts: number;
  /** The kernel's arguments, words of 32 bits. */
  readonly words: readonly number[];
}

/** A call of a reference, in TypeScript. */
export interface ReferenceCall extends AnyCall {
  /** Runs it. */
  run(): void;
}

/** A call of a kernel. */
export type KernelCall = WasmCall | ReferenceCall;

/** Words of a record before the arguments. */
const HEADER = 4;

/** Records in memory that run one after the other. */
interface Segment {
  readonly pointer: number;
  readonly words: number;
  readonly records: number;
  readonly parallel: boolean;
}

/** Puts calls into memory and runs them. Memory of programs is used again. */
export class Programs {
  readonly #memory: CpuMemory;
  readonly #threads: ThreadPool;
  readonly #profile: Profile | null;
  readonly #free = new Map<number, number[]>();

  /** With a profile, every call runs by itself and is timed. */
  constructor(
    memory: CpuMemory,
    threads: ThreadPool,
    profile: Profile | null,
  ) {
    this.#memory = memory;
    this.#threads = threads;
    this.#profile = profile;
  }

  /** Runs one call now. */
  runOnce(call: KernelCall): void {
    const { release, run } = this.prepare([call]);
    run();
    release();
  }

  /** A list of calls, ready to be run again and again until it is released. */
  prepare(calls: readonly KernelCall[]): Prepared {
    const groups = this.#profile === null
      ? grouped(calls)
      : calls.map((call) => [call]);
    const segments: Segment[] = [];
    const steps = groups.map((group) => {
      const step = this.#step(group, segments);
      return this.#profile === null ? step : this.#timed(step, group[0]);
    });
    return {
      run: () => {
        for (const step of steps) step();
      },
      release: () => {
        for (const segment of segments.splice(0)) this.#release(segment);
      },
    };
  }

  /** The function that runs a group: one reference, or a segment, which is added. */
  #step(group: readonly KernelCall[], segments: Segment[]): () => void {
    const [first] = group;
    if ("run" in first) return () => first.run();
    const segment = this.#segment(group as readonly WasmCall[]);
    segments.push(segment);
    return () => this.#runSegment(segment);
  }

  #timed(step: () => void, { bytes, name, operations }: KernelCall) {
    return () => {
      const start = performance.now() * 1000;
      step();
      const duration = performance.now() * 1000 - start;
      this.#profile?.add({ name, start, duration, operations, bytes });
    };
  }

  #runSegment({ parallel, pointer, records }: Segment): void {
    this.#threads.run(pointer, records, parallel);
  }

  #segment(calls: readonly WasmCall[]): Segment {
    const words: number[] = [];
    let lastParts = 1;
    calls.forEach(({ kernel, parts, words: given }, index) => {
      // Two calls that one thread runs need no barrier in between.
      const barrier = index > 0 && (parts > 1 || lastParts > 1) ? 1 : 0;
      words.push(kernel, (HEADER + given.length) * 4, parts, barrier, ...given);
      lastParts = parts;
    });
    const room = 2 ** Math.ceil(Math.log2(words.length));
    const pointer = this.#free.get(room)?.pop() ??
      this.#memory.allocate(room * 4);
    this.#memory.array("i32", pointer, room).set(words);
    const parallel = calls.some(({ parts }) => parts > 1);
    return { pointer, words: room, records: calls.length, parallel };
  }

  #release({ pointer, words }: Segment): void {
    const list = this.#free.get(words);
    if (list === undefined) this.#free.set(words, [pointer]);
    else list.push(pointer);
  }
}

/** A program in memory. */
export interface Prepared {
  /** Runs it. */
  run(): void;
  /** Gives its memory back. */
  release(): void;
}

/** Calls in WebAssembly that follow one another in one group, others alone. */
function grouped(calls: readonly KernelCall[]): KernelCall[][] {
  const groups: KernelCall[][] = [];
  for (const call of calls) {
    const last = groups.at(-1);
    if (last === undefined || "run" in call || "run" in last[0]) {
      groups.push([call]);
    } else last.push(call);
  }
  return groups;
}
