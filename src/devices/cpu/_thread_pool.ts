import { describe, DeviceError } from "../../base/errors.ts";
import type { CpuMemory } from "./_memory.ts";
import { type CpuModule, instantiate, type Runner } from "./_module.ts";

/** Bytes of the block in which a pool's threads synchronize: `lib/simd/run.ts`. */
const CONTROL_BYTES = 384;

/** The message that starts a worker. */
interface Assignment {
  readonly module: CpuModule;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly thread: number;
  readonly threads: number;
  readonly idle: number;
}

/**
 * Threads that are there at least, where the device has so many: with more than
 * there are cores, waiting for each other takes longer than the work.
 */
const leastCrew = 16;

/** How the threads of a device run its programs. */
export interface ThreadOptions {
  /**
   * Threads, the calling one among them. There are no more than cores, or 16: they
   * share the work of the others.
   */
  readonly threads: number;
  /** Milliseconds without work after which the workers end. */
  readonly idle: number;
}

/**
 * Runs programs on all threads. In how many parts a kernel splits its work is
 * fixed, and while there are no workers the calling thread runs all parts: so
 * results depend on `threads` alone, not on when workers start or end.
 *
 * Workers start with the first program that has use for them, and end when
 * there was no work for a while, since a worker keeps the process alive.
 */
export class ThreadPool {
  readonly #module: CpuModule;
  readonly #memory: CpuMemory;
  readonly #options: ThreadOptions;
  readonly #runner: Runner;
  readonly #maySleep: boolean = maySleep();
  /** Threads that there are, the calling one among them. */
  readonly #crew: number;
  #workers: Workers | null = null;
  /** Whether workers can't be had here. */
  #alone: boolean;

  constructor(module: CpuModule, memory: CpuMemory, options: ThreadOptions) {
    this.#module = module;
    this.#memory = memory;
    this.#options = options;
    this.#runner = instantiate(module, memory.memory);
    const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
    this.#crew = Math.min(options.threads, Math.max(cores, leastCrew));
    this.#alone = this.#crew === 1;
  }

  /** Runs a program of this many records at this pointer. */
  run(program: number, records: number, parallel: boolean): void {
    if (parallel && !this.#alone && this.#runTogether(program, records)) {
      return;
    }
    try {
      this.#runner.solo(program, records);
    } catch (cause) {
      throw failed(cause);
    }
  }

  /** Workers that are there to take part, beside the calling thread. */
  get workers(): number {
    if (this.#workers === null) return 0;
    const { state, workers } = this.#workers;
    return Atomics.load(state, 0) === OPEN ? workers.length : 0;
  }

  /** Ends the workers. */
  close(): void {
    this.#alone = true;
    this.#end();
  }

  /** Whether the program was run, which it is not where workers are missing. */
  #runTogether(program: number, records: number): boolean {
    this.#workers ??= this.#start();
    if (this.#workers === null) return false;
    const { control, state } = this.#workers;
    let outcome: number;
    try {
      outcome = this.#runner.run(
        control,
        this.#crew,
        program,
        records,
        this.#maySleep,
      );
    } catch (cause) {
      this.#end();
      throw failed(cause);
    }
    if (outcome === 2) {
      this.#end();
      throw failed();
    }
    if (outcome === 0 && Atomics.load(state, 0) === CLOSED) this.#end();
    return outcome === 1;
  }

  #start(): Workers | null {
    const { idle } = this.#options;
    const threads = this.#crew;
    const control = this.#memory.allocate(CONTROL_BYTES);
    this.#memory.array("u8", control, CONTROL_BYTES).fill(0);
    const state = this.#memory.array("i32", control, 1) as Int32Array;
    const module = this.#module;
    const { memory } = this.#memory;
    const url = workerUrl();
    try {
      const workers = Array.from({ length: threads - 1 }, (_, index) => {
        const thread = index + 1;
        const worker = new Worker(url, { type: "module" });
        worker.onerror = (event) => {
          event.preventDefault();
          // One that cannot begin would not the next time either. What fails
          // within a kernel has closed the pool before.
          if (Atomics.load(state, 0) === STARTING) this.close();
          this.#runner.close(control);
        };
        const assignment: Assignment = {
          module,
          memory,
          control,
          thread,
          threads,
          idle,
        };
        worker.postMessage(assignment);
        return worker;
      });
      return { control, state, workers };
    } catch {
      // No workers here, as under some content security policies: one thread
      // does the work of all.
      this.#runner.close(control);
      this.#alone = true;
      return null;
    }
  }

  #end(): void {
    if (this.#workers === null) return;
    this.#runner.close(this.#workers.control);
    for (const worker of this.#workers.workers) worker.terminate();
    this.#workers = null;
  }
}

/** The workers of a pool, and the block in which they synchronize. */
interface Workers {
  readonly control: number;
  /** The block's first word. */
  readonly state: Int32Array;
  readonly workers: readonly Worker[];
}

/**
 * The states in `lib/simd/run.ts` of a pool that is not complete yet, of one that
 * waits and of one that ended.
 */
const STARTING = 0, OPEN = 1, CLOSED = 3;

/** Whether this thread may sleep: the main thread of a page may only spin. */
function maySleep(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

let sharedUrl: string | null = null;

/**
 * The worker's program; it needs no permission and no file. The URL is the same
 * for all workers and stays valid: Deno resolves it on the worker's own thread,
 * at any time after `new Worker`.
 */
function workerUrl(): string {
  const text = `(${work})(${instantiate});\n`;
  return sharedUrl ??= URL.createObjectURL(
    new Blob([text], { type: "text/javascript" }),
  );
}

/** The worker's loop. It runs as text: it must use nothing of this file. */
function work(setUp: typeof instantiate): void {
  const scope = globalThis as unknown as {
    onmessage: (event: MessageEvent<Assignment>) => void;
    close(): void;
  };
  scope.onmessage = ({ data }) => {
    const { control, idle, memory, thread, threads } = data;
    const runner = setUp(data.module, memory);
    try {
      runner.workerLoop(control, thread, threads, idle);
    } finally {
      runner.close(control);
      scope.close();
    }
  };
}

function failed(cause?: unknown): DeviceError {
  return new DeviceError(
    describe({
      what: "kernel on the CPU failed",
      got: cause instanceof Error ? cause.message : "a failure on a worker",
      help:
        "Check that indices are below the length of the data; else report " +
        "it with your shapes.",
    }),
    { cause },
  );
}
