import { checkOptions } from "../../base/options.ts";
import type {
  AnyKernel,
  Kernel,
  OperandsOf,
  Signature,
  Variant,
} from "../../../kernels/kernel.ts";
import { fill } from "../../../kernels/fill/fill.ts";
import { tunable } from "../../../kernels/tunable.ts";
import { printAsText } from "../../base/printing.ts";
import { BufferPool, type Stored } from "../pool.ts";
import { checkLength, isScratch, notWhileRecording } from "../recording.ts";
import type {
  Device,
  DeviceBuffer,
  DeviceCounters,
  DType,
  HostArray,
  Lifetime,
  Operand,
  Precision,
  Program,
} from "../device.ts";
import { observe } from "../observer.ts";
import { Profile } from "../profile.ts";
import {
  adapterName,
  isSoftware as runsOnCpu,
  noAdapter,
  requestAdapter,
  requestDevice,
} from "./adapter.ts";
import { bindingAlignment, type WebGpuBuffer } from "./_buffer.ts";
import { collectGarbage } from "./_garbage.ts";
import { Health } from "./_health.ts";
import {
  type Implementations,
  implementationsFor,
} from "./_implementations.ts";
import { KernelRunner } from "./_kernel_runner.ts";
import { Memory } from "./_memory.ts";
import { type Command, CommandQueue } from "./_queue.ts";
import { Readback } from "./_readback.ts";
import { selfTest } from "./_self_test.ts";
import { Timestamps } from "./_timestamps.ts";
import { fastest, runSample } from "./_tuning.ts";

/** How to open a WebGPU device. */
export interface WebGpuDeviceOptions {
  /** The adapter to use; by default the one that the platform prefers. */
  adapter?: GPUAdapter;
  /**
   * Fills every buffer with NaN before it is handed out, so that a kernel that
   * leaves an element unwritten shows. For tests. Default false.
   */
  poison?: boolean;
  /**
   * Whether to run the kernels made for adapters that are a processor, as Mesa's
   * lavapipe is, or those for GPUs. Default is what the adapter says of itself.
   */
  software?: boolean;
  /**
   * Elements from which a buffer that a kernel reads is copied into a texture
   * first, on an adapter that is a processor: Mesa's reads it faster there. For
   * tests. Default 8192.
   */
  texelsFrom?: number;
  /**
   * Which implementation of kernels to take, where they have several and that one
   * takes the shapes; else it is `tiled` or `direct`. Default is `auto`: `llvmpipe` on an adapter that runs on the
   * CPU, and on a GPU what is fastest for each kernel, measured when it is first
   * opened in a process; `tiled` on a GPU that keeps no times.
   */
  variant?: "auto" | Variant;
  /** Is told once of each implementation that is used, as `kernel: tiled`. */
  onVariant?: (sentence: string) => void;
  /**
   * How activations, and the copies of weights that convolutions read, are
   * stored: `f16` takes half the memory of `f32`, and needs an adapter with the
   * feature shader-f16. Sums, gradients and weights are f32 all the same.
   * Default `f32`.
   */
  precision?: Precision;
  /**
   * Measures how long each kernel runs, by timestamps on the GPU: see
   * {@linkcode WebGpuDevice.profile}. Slows work down. Default false.
   */
  profile?: boolean;
}

/** Whether a device was closed whose pipelines the collector may not know yet. */
let hasRemains = false;

/** Bytes that may be allocated before buffers that nobody uses are freed. */
const mostUnused = 2 ** 30;

/** A GPU as a device, through WebGPU and hand-written WGSL. */
export class WebGpuDevice implements Device {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  readonly kind = "webgpu";
  readonly label: string;
  readonly counters: DeviceCounters = {
    allocations: 0,
    bytes: 0,
    dispatches: 0,
    bindGroups: 0,
    submits: 0,
    reads: 0,
  };
  readonly alignment: number = bindingAlignment / 4;
  /** Times of all kernels, where the device was opened with `profile`. */
  readonly profile: Profile | null;
  readonly #gpu: GPUDevice;
  readonly #options: WebGpuDeviceOptions;
  #timestamps: Timestamps | null;
  #queue: CommandQueue;
  readonly #readback: Readback;
  readonly #memory: Memory;
  readonly #pool = new BufferPool((stored: Stored, length: number) => {
    if (this.counters.bytes > this.#most) this.#freeUnused();
    return this.#memory.create(stored, length);
  });
  /** Bytes above which the next buffer that is made has the unused ones freed. */
  #most = mostUnused;
  readonly #health: Health;
  readonly #runner: KernelRunner;
  #commands: Command[] | null = null;

  private constructor(
    gpu: GPUDevice,
    label: string,
    isSoftware: boolean,
    options: WebGpuDeviceOptions,
    implementations: Implementations,
  ) {
    const { precision = "f32", profile } = options;
    this.#gpu = gpu;
    this.label = label;
    this.#options = options;
    this.profile = profile ? new Profile() : null;
    this.#timestamps = this.profile &&
      new Timestamps(gpu, this.profile, isSoftware);
    this.#memory = new Memory(gpu, label, this.counters);
    this.#health = new Health(gpu, label);
    this.#queue = new CommandQueue(gpu, this.counters, this.#timestamps);
    this.#readback = new Readback(gpu, this.#queue);
    this.#runner = new KernelRunner({
      gpu,
      label,
      isSoftware,
      texelsFrom: isSoftware ? options.texelsFrom ?? 8192 : Infinity,
      precision,
      ...implementations,
      counters: this.counters,
      memory: this.#memory,
      scratch: this,
      emit: (command, isNew) => {
        this.#queue.dispatch(command);
        this.#commands?.push(command);
        // Drivers compile where a command first runs: meanwhile the host makes
        // the next one.
        if (isNew) this.#queue.submit();
      },
      fail: (error) => this.#health.fail(error),
    });
  }

  /**
   * Opens a WebGPU device.
   *
   * @throws {DeviceError} If there is no adapter, it refuses a device, or its
   * device computes wrongly.
   */
  static async open(options: WebGpuDeviceOptions = {}): Promise<WebGpuDevice> {
    checkOptions("WebGpuDevice.open", options, [
      "adapter",
      "onVariant",
      "poison",
      "precision",
      "profile",
      "software",
      "texelsFrom",
      "variant",
    ]);
    if (hasRemains) {
      hasRemains = false;
      // Their memory, megabytes a device, is outside what the engine counts.
      await collectGarbage();
    }
    const adapter = options.adapter ?? await requestAdapter();
    if (adapter === null) throw noAdapter();
    const { software: isSoftware = runsOnCpu(adapter.info) } = options;
    const isTuned = !isSoftware && adapter.features.has("timestamp-query") &&
      (options.variant ?? "auto") === "auto";
    const given = await implementationsFor(isSoftware, options.variant);
    const gpu = await requestDevice(adapter, {
      isTimed: isTuned || options.profile === true,
      isHalf: options.precision === "f16",
    });
    const name = adapterName(adapter.info);
    const stored = options.precision === "f16" ? ", f16" : "";
    const label = `webgpu (${name}${stored})`;
    const device = new WebGpuDevice(gpu, label, isSoftware, options, given);
    try {
      if (isTuned) await device.#tune();
      await selfTest(device);
      device.#runner.onVariant = options.onVariant ?? null;
      if (device.profile !== null) {
        await device.settle();
        device.profile.clear();
      }
      return device;
    } catch (error) {
      device[Symbol.dispose]();
      throw error;
    }
  }

  get recording(): boolean {
    return this.#commands !== null;
  }

  allocate(
    dtype: DType,
    length: number,
    lifetime: Lifetime = "pooled",
  ): DeviceBuffer {
    this.#health.check();
    checkLength(dtype, length);
    const isHalf = lifetime === "activation" && dtype === "f32" &&
      this.#options.precision === "f16";
    const buffer = this.#pool.take(isHalf ? "f16" : dtype, length, lifetime);
    if (this.#options.poison && isScratch(lifetime) && dtype !== "u8") {
      this.#runner.run(
        fill,
        { output: { buffer } },
        dtype === "f32" ? NaN : 0x7f7f7f7f,
      );
    }
    return buffer;
  }

  release(buffer: Operand["buffer"]): void {
    if (!this.#health.closed) this.#pool.give(buffer as WebGpuBuffer);
  }

  write(buffer: Operand["buffer"], values: HostArray): void {
    this.#health.check();
    const target = this.#memory.own({ buffer });
    const { reserve } = this.#pool;
    if (reserve !== null && !reserve.constants.has(target)) {
      throw notWhileRecording("writing host values");
    }
    this.#queue.submit();
    this.#memory.write(target, values);
    this.#runner.copies.written([target]);
  }

  async read(buffer: Operand["buffer"]): Promise<HostArray> {
    this.#health.check();
    if (this.recording) throw notWhileRecording("reading a value");
    const source = this.#memory.own({ buffer });
    this.counters.reads++;
    return await this.#explained(this.#readback.read(source));
  }

  record<T>(run: () => T): { program: Program; result: T } {
    this.#health.check();
    if (this.recording) throw notWhileRecording("another capture");
    const commands: Command[] = this.#commands = [];
    this.#runner.copies.written();
    try {
      const { reserve, result } = this.#pool.reserveDuring(run);
      const program: Program = {
        length: commands.length,
        replay: () => {
          this.#health.check();
          this.#queue.replay(commands);
          this.#runner.copies.written();
        },
        [Symbol.dispose]: () => this.#pool.reclaim(reserve),
      };
      return { program, result };
    } finally {
      this.#commands = null;
    }
  }

  async settle(): Promise<void> {
    this.#health.check();
    this.#queue.submit();
    await this.#explained(
      this.#gpu.queue.onSubmittedWorkDone()
        .then(() => this.#timestamps?.arrived()),
    );
  }

  /** The label: `webgpu (NVIDIA H100)`. */
  toString(): string {
    return this.label;
  }

  /** Frees all memory of the device. */
  [Symbol.dispose](): void {
    if (this.#health.closed) return;
    this.#health.close();
    this.#memory.destroy();
    this.#gpu.destroy();
    hasRemains = true;
  }

  /** Inputs of ever new sizes leave buffers of which none serves another. */
  #freeUnused(): void {
    this.#queue.submit();
    this.#memory.free(this.#pool.drain());
    this.#most = this.counters.bytes + mostUnused;
  }

  /** Waits for work, and throws what the device has to say of it. */
  async #explained<T>(work: Promise<T>): Promise<T> {
    return await this.#health.explained(work, () => this.#runner.checked());
  }

  /** See {@linkcode Device.run}. */
  run<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: OperandsOf<S>,
    params?: P,
  ): void {
    this.#health.check();
    this.#runner.run(kernel, operands, params as P);
    observe(this, kernel, operands, params);
  }

  /** Takes the fastest implementation of each kernel that has several. */
  async #tune(): Promise<void> {
    const [queue, timestamps] = [this.#queue, this.#timestamps];
    const profile = new Profile();
    this.#timestamps = new Timestamps(this.#gpu, profile, false);
    this.#queue = new CommandQueue(
      this.#gpu,
      this.counters,
      this.#timestamps,
    );
    const time = async (kernel: AnyKernel, variant: Variant) => {
      profile.clear();
      this.#runner.choice = new Map([[kernel.name, variant]]);
      runSample(this, kernel);
      await this.settle();
      return profile.runs.reduce((sum, { duration }) => sum + duration, 0);
    };
    this.#runner.choice = await fastest(this.label, tunable, time);
    [this.#queue, this.#timestamps] = [queue, timestamps];
  }
}
