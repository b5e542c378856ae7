import { checkOptions } from "../../base/options.ts";
import type { Kernel, OperandsOf, Signature } from "../../../kernels/kernel.ts";
import { fill } from "../../../kernels/fill/fill.ts";
import { describe } from "../../base/errors.ts";
import { printAsText } from "../../base/printing.ts";
import { BufferPool, bytesOf, type Reserve } from "../pool.ts";
import { checkLength, isScratch, notWhileRecording } from "../recording.ts";
import { checkValues } from "../check_values.ts";
import type {
  Device,
  DeviceBuffer,
  DeviceCounters,
  DType,
  HostArray,
  Lifetime,
  Operand,
  Program,
} from "../device.ts";
import { observe } from "../observer.ts";
import { Profile } from "../profile.ts";
import { CpuBuffer } from "./_buffer.ts";
import { KernelRunner } from "./_kernel_runner.ts";
import { CpuMemory } from "./_memory.ts";
import { cpuModule } from "./_module.ts";
import { type KernelCall, Programs } from "./_program.ts";
import { ThreadPool } from "./_thread_pool.ts";
import { makesWideVectors } from "./wide_vectors.ts";

/** How to open the CPU device. */
export interface CpuDeviceOptions {
  /**
   * Fills every buffer with NaN before it is handed out, so that a kernel that
   * leaves an element unwritten shows. For tests. Default false.
   */
  poison?: boolean;
  /**
   * How many threads work, the calling one among them. The same number gives
   * the same bits in every run. Default: one for each core, at most 8.
   */
  threads?: number;
  /**
   * `relaxed` is WebAssembly that fuses multiply and add, where the engine has
   * it; `wide` is the same with matrix products that V8 computes in vectors of 256
   * bits, if it was started so, else more slowly; `simd` fuses nothing; `reference`
   * is readable TypeScript on one thread, by which the others are measured. `wide`
   * and `relaxed` give the same bits. Default `wide` where the variable
   * `DENO_V8_FLAGS` has `--experimental-wasm-revectorize` and may be read, else
   * `relaxed`.
   */
  kernels?: "wide" | "relaxed" | "simd" | "reference";
  /**
   * Milliseconds without work after which the worker threads end; the next work
   * starts them again. A process lives at least as long as its workers, unless
   * the device is disposed. Default 1000.
   */
  idle?: number;
  /**
   * Measures the time of every kernel, see {@linkcode CpuDevice.profile}. Slows
   * work down. Default false.
   */
  profile?: boolean;
  /**
   * Operations from which on a kernel's work is split between the threads; for
   * less, waking them costs more than it brings. Tests take 0. Default 30,000.
   */
  splitFrom?: number;
  /**
   * Multiplications from which on a convolution may be computed by Winograd's
   * algorithm. A 3×3 kernel has a quarter of them then, and rounding of about
   * 6e-7 of the output's size, where it is 3e-7 otherwise; with stride 2 it has
   * 0.56 of them, rounding of 4e-7, and counts as with stride 1. The 5×5 kernel of a
   * block has a sixth of them, and rounding of 2e-6; in evaluation only where a
   * program is recorded, which keeps the transformed weights, then from a
   * thousandth of them on. `Infinity` is never. Default 100,000,000: 40 images of
   * 14×14 pixels, 16 channels to 32, by a 5×5 kernel.
   */
  winogradFrom?: number;
}

/** Threads that the CPU device can have. */
export const mostThreads = 1024;

/**
 * Threads unless more are asked for: a batch of 100 has twelve images for each of
 * them, and what threads wait for each other grows with their number.
 */
const mostByDefault = 8;

/** The CPU as a device: SIMD kernels in WebAssembly, on several cores. */
export class CpuDevice implements Device {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  readonly kind = "cpu";
  readonly label: string;
  readonly counters: DeviceCounters = {
    allocations: 0,
    bytes: 0,
    dispatches: 0,
    bindGroups: 0,
    submits: 0,
    reads: 0,
  };
  readonly profile: Profile | null;
  readonly alignment = 16;
  readonly #poison: boolean;
  readonly #memory: CpuMemory = new CpuMemory(() =>
    this.#pool.drain().map(({ dtype, length, pointer }) => {
      const bytes = length * bytesOf[dtype];
      this.counters.bytes -= bytes;
      return { pointer, bytes };
    })
  );
  readonly #threads: ThreadPool;
  readonly #programs: Programs;
  readonly #pool = new BufferPool((dtype: DType, length: number) => {
    const bytes = length * bytesOf[dtype];
    const pointer = this.#memory.allocate(bytes);
    this.counters.allocations++;
    this.counters.bytes += bytes;
    return new CpuBuffer(this, this.#memory, dtype, pointer, length);
  });
  readonly #runner: KernelRunner;
  #calls: KernelCall[] | null = null;
  #closed = false;

  private constructor(options: CpuDeviceOptions) {
    const { idle = 1000, poison = false } = options;
    const { kernels = makesWideVectors() ? "wide" : "relaxed" } = options;
    this.#poison = poison;
    const module = cpuModule(kernels === "reference" ? "relaxed" : kernels);
    const threads = kernels === "reference" ? 1 : threadCount(options.threads);
    this.#runner = new KernelRunner({
      functions: module.kernels,
      threads,
      usesReference: kernels === "reference",
      splitFrom: options.splitFrom ?? 30_000,
      roundMoreFrom: options.winogradFrom ?? 100_000_000,
      memory: this.#memory,
      scratch: this,
      isRecording: () => this.recording,
      bufferOf: (operand) => this.#buffer(operand),
      start: (call) => this.#start(call),
    });
    this.#threads = new ThreadPool(module, this.#memory, { idle, threads });
    this.profile = options.profile ? new Profile() : null;
    const { profile } = this;
    this.#programs = new Programs(this.#memory, this.#threads, profile);
    const build = kernels === "reference"
      ? "reference"
      : module.wide !== null
      ? "relaxed SIMD, 256 bits"
      : module.relaxed
      ? "relaxed SIMD"
      : "SIMD";
    this.label = `cpu (${threads} thread${threads === 1 ? "" : "s"}, ${build})`;
  }

  /**
   * Opens the CPU device.
   *
   * @throws {RangeError} If `threads` is no whole number from 1 to 1024.
   */
  static open(options: CpuDeviceOptions = {}): CpuDevice {
    checkOptions("CpuDevice.open", options, [
      "idle",
      "kernels",
      "poison",
      "profile",
      "splitFrom",
      "threads",
      "winogradFrom",
    ]);
    return new CpuDevice(options);
  }

  /**
   * Worker threads that take part now: they start with the first work that is
   * worth sharing, and end when there was none for a while. What comes out does
   * not depend on it.
   */
  get workers(): number {
    return this.#threads.workers;
  }

  get recording(): boolean {
    return this.#calls !== null;
  }

  allocate(
    dtype: DType,
    length: number,
    lifetime: Lifetime = "pooled",
  ): DeviceBuffer {
    this.#checkOpen();
    checkLength(dtype, length);
    const buffer = this.#pool.take(dtype, length, lifetime);
    if (this.#poison && isScratch(lifetime) && dtype !== "u8") {
      this.#runner.run(
        fill,
        { output: { buffer } },
        dtype === "f32" ? NaN : 0x7f7f7f7f,
      );
    }
    return buffer;
  }

  release(buffer: Operand["buffer"]): void {
    if (!this.#closed) this.#pool.give(buffer as CpuBuffer);
  }

  write(buffer: Operand["buffer"], values: HostArray): void {
    this.#checkOpen();
    const { reserve } = this.#pool;
    if (reserve !== null && !reserve.constants.has(buffer as CpuBuffer)) {
      throw notWhileRecording("writing host values");
    }
    const target = this.#buffer({ buffer });
    checkValues(target, values);
    target.data.set(values);
  }

  read(buffer: Operand["buffer"]): Promise<HostArray> {
    this.#checkOpen();
    if (this.recording) throw notWhileRecording("reading a value");
    this.counters.reads++;
    return Promise.resolve(this.#buffer({ buffer }).data.slice());
  }

  record<T>(run: () => T): { program: Program; result: T } {
    this.#checkOpen();
    if (this.recording) throw notWhileRecording("another capture");
    const calls: KernelCall[] = this.#calls = [];
    try {
      const { reserve, result } = this.#pool.reserveDuring(run);
      return { program: this.#programOf(calls, reserve), result };
    } finally {
      this.#calls = null;
    }
  }

  #programOf(
    calls: readonly KernelCall[],
    reserve: Reserve<CpuBuffer>,
  ): Program {
    const { release, run } = this.#programs.prepare(calls);
    return {
      length: calls.length,
      replay: () => {
        run();
        this.counters.dispatches += calls.length;
      },
      [Symbol.dispose]: () => {
        release();
        this.#pool.reclaim(reserve);
      },
    };
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  /** The label: `cpu (2 threads, relaxed SIMD)`. */
  toString(): string {
    return this.label;
  }

  /** Ends the device's threads and frees all its memory. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#threads.close();
    this.counters.bytes = 0;
  }

  /** See {@linkcode Device.run}. */
  run<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: OperandsOf<S>,
    params?: P,
  ): void {
    this.#checkOpen();
    this.#runner.run(kernel, operands, params as P);
    observe(this, kernel, operands, params);
  }

  #start(call: KernelCall): void {
    this.#programs.runOnce(call);
    this.counters.dispatches++;
    this.#calls?.push(call);
  }

  #buffer({ buffer }: Operand): CpuBuffer {
    if (buffer instanceof CpuBuffer && buffer.owner === this) return buffer;
    throw new TypeError(describe({
      what: "kernel on the CPU",
      expected: "a tensor of this device",
      got: "a tensor of another device",
      help: "Make model, data and optimizer on one device.",
    }));
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new TypeError(describe({
      what: "use of the CPU device after it was closed",
      help: "Keep `using device` in the scope that uses its tensors.",
    }));
  }
}

/** The threads that the device has unless it is told otherwise. */
export function defaultThreads(): number {
  return Math.min(navigator.hardwareConcurrency, mostByDefault);
}

/** The number of threads, one where none can share memory. */
function threadCount(threads = defaultThreads()): number {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads) {
    throw new RangeError(describe({
      what: "CpuDevice.open: threads",
      expected: `a whole number from 1 to ${mostThreads}`,
      got: String(threads),
      help: "Leave it out to use the cores, 8 at most.",
    }));
  }
  return typeof SharedArrayBuffer === "undefined" ? 1 : threads;
}
