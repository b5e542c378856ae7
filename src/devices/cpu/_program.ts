import type { CpuMemory } from "./_memory.ts";
import type { Threads } from "./_team.ts";

/** A call of a kernel in WebAssembly: see `kernels/cpu/_run.ts`. */
export interface WasmCall {
  /** The kernel's index in the table. */
  readonly kernel: number;
  /** In how many parts the kernel splits its work. */
  readonly parts: number;
  /** The kernel's arguments, words of 32 bits. */
  readonly words: readonly number[];
}

/** A call of a kernel, in WebAssembly or in TypeScript. */
export type KernelCall = WasmCall | (() => void);

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
  readonly #threads: Threads;
  readonly #free = new Map<number, number[]>();

  constructor(memory: CpuMemory, threads: Threads) {
    this.#memory = memory;
    this.#threads = threads;
  }

  /** Runs one call now. */
  runOnce(call: KernelCall): void {
    if (typeof call === "function") return call();
    const segment = this.#segment([call]);
    this.#runSegment(segment);
    this.#release(segment);
  }

  /** A list of calls, ready to be run again and again until it is released. */
  prepare(calls: readonly KernelCall[]): Prepared {
    const steps: (Segment | (() => void))[] = [];
    let start = 0;
    while (start < calls.length) {
      const call = calls[start];
      if (typeof call === "function") {
        steps.push(call);
        start++;
        continue;
      }
      const rest = calls.slice(start);
      const end = rest.findIndex((next) => typeof next === "function");
      const list = (end < 0 ? rest : rest.slice(0, end)) as WasmCall[];
      steps.push(this.#segment(list));
      start += list.length;
    }
    return {
      run: () => {
        for (const step of steps) {
          if (typeof step === "function") step();
          else this.#runSegment(step);
        }
      },
      release: () => {
        for (const step of steps.splice(0)) {
          if (typeof step !== "function") this.#release(step);
        }
      },
    };
  }

  #runSegment({ parallel, pointer, records }: Segment): void {
    this.#threads.run(pointer, records, parallel);
  }

  #segment(calls: readonly WasmCall[]): Segment {
    const words: number[] = [];
    let lastParts = 1;
    calls.forEach(({ kernel, parts, words: given }, index) => {
      // Two calls that one thread runs need no meeting in between.
      const meet = index > 0 && (parts > 1 || lastParts > 1) ? 1 : 0;
      words.push(kernel, (HEADER + given.length) * 4, parts, meet, ...given);
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
