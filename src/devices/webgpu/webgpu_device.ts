import { describe, DeviceError } from "../../errors.ts";
import { BufferPool, type Reserve, type Stored } from "../_pool.ts";
import { checkLength, isScratch, notWhileRecording } from "../_recording.ts";
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
import type { Kernels } from "../kernels.ts";
import { Profile } from "../profile.ts";
import { noAdapter, requestAdapter, requestDevice } from "./_adapter.ts";
import { BindGroups, type Bound } from "./_bind_groups.ts";
import { bindingAlignment, bytesOf, WebGpuBuffer } from "./_buffer.ts";
import { castingRun } from "./_half.ts";
import { PipelineCache, typesOf } from "./_pipelines.ts";
import { type Command, CommandQueue } from "./_queue.ts";
import { Readback } from "./_readback.ts";
import { selfTest } from "./_self_test.ts";
import { Textures, WebGpuTexture } from "./_textures.ts";
import { Timestamps } from "./_timestamps.ts";
import { always, type Choice, fastest, runSample } from "./_tuning.ts";
import { type KernelRecord, mostPasses, type Run } from "./kernel_record.ts";
import type { ConvolutionVariant } from "./kernels/conv2d.ts";
import { webGpuKernels } from "./webgpu_kernels.ts";

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
   * How to do convolutions, where that way can. Default is `auto`: what suits a
   * processor on an adapter that is one, and on a GPU what is fastest for each
   * kernel, measured when it is first opened in a process; `tiled` on a GPU that
   * keeps no times.
   */
  variant?: "auto" | ConvolutionVariant;
  /** Is told once of each variant that is used, in a sentence. */
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

/** A GPU as a device, through WebGPU and hand-written WGSL. */
export class WebGpuDevice implements Device {
  readonly kind = "webgpu";
  readonly label: string;
  readonly kernels: Kernels;
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
  readonly #poison: boolean;
  readonly #precision: Precision;
  readonly #isSoftware: boolean;
  readonly #pipelines: PipelineCache;
  #timestamps: Timestamps | null;
  #queue: CommandQueue;
  readonly #readback: Readback;
  readonly #pool = new BufferPool((stored: Stored, length: number) =>
    this.#create(stored, length)
  );
  readonly #memory = new Set<GPUBuffer>();
  readonly #bindGroups: BindGroups;
  readonly #told = new Set<string>();
  #onVariant: ((sentence: string) => void) | null = null;
  #choice: Choice;
  #commands: Command[] | null = null;
  #failure: DeviceError | null = null;
  #closed = false;

  private constructor(
    gpu: GPUDevice,
    label: string,
    isSoftware: boolean,
    options: WebGpuDeviceOptions,
  ) {
    const { poison = false, precision = "f32", profile = false } = options;
    const { variant = "auto" } = options;
    this.#gpu = gpu;
    this.label = label;
    this.#choice = always(
      variant !== "auto" ? variant : isSoftware ? "software" : "tiled",
    );
    this.#poison = poison;
    this.#precision = precision;
    this.#isSoftware = isSoftware;
    this.profile = profile ? new Profile() : null;
    this.#timestamps = this.profile &&
      new Timestamps(gpu, this.profile, isSoftware);
    this.#pipelines = new PipelineCache(gpu, (error) => this.#fail(error));
    this.#bindGroups = new BindGroups(gpu, this.counters);
    this.#queue = new CommandQueue(gpu, this.counters, this.#timestamps);
    this.#readback = new Readback(gpu, this.#queue);
    const run: Run = (kernel, shape, operands) =>
      this.#run(kernel, shape, operands);
    this.kernels = webGpuKernels(
      precision === "f16" ? castingRun(run, this) : run,
      this,
      {
        precision,
        isSoftware,
        bindings: gpu.limits.maxStorageBuffersPerShaderStage,
        variantOf: (kernel) => this.#choice[kernel],
        onVariant: (kernel, variant) => this.#tell(`${kernel}: ${variant}`),
        textures: new Textures(gpu, this.counters),
      },
    );
    this.#listen();
  }

  /**
   * Opens a WebGPU device.
   *
   * @throws {DeviceError} If there is no adapter, it refuses a device, or its
   * device computes wrongly.
   */
  static async open(options: WebGpuDeviceOptions = {}): Promise<WebGpuDevice> {
    const adapter = options.adapter ?? await requestAdapter();
    if (adapter === null) throw noAdapter();
    const { software: isSoftware = adapter.info.isFallbackAdapter } = options;
    const isTuned = !isSoftware && adapter.features.has("timestamp-query") &&
      (options.variant ?? "auto") === "auto";
    const gpu = await requestDevice(adapter, {
      isTimed: isTuned || options.profile === true,
      isHalf: options.precision === "f16",
    });
    const name = adapter.info.description || adapter.info.vendor || "unnamed";
    const stored = options.precision === "f16" ? ", f16" : "";
    const label = `webgpu (${name}${stored})`;
    const device = new WebGpuDevice(gpu, label, isSoftware, options);
    try {
      if (isTuned) await device.#tune();
      await selfTest(device);
      device.#onVariant = options.onVariant ?? null;
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
    this.#check();
    checkLength(dtype, length);
    const isHalf = lifetime === "activation" && dtype === "f32" &&
      this.#precision === "f16";
    const buffer = this.#pool.take(isHalf ? "f16" : dtype, length, lifetime);
    if (this.#poison && isScratch(lifetime) && dtype !== "u8") {
      this.kernels.fill({ buffer }, dtype === "f32" ? NaN : 0x7f7f7f7f);
    }
    return buffer;
  }

  release(buffer: DeviceBuffer): void {
    if (!this.#closed) this.#pool.give(buffer as WebGpuBuffer);
  }

  write(buffer: DeviceBuffer, values: HostArray): void {
    this.#check();
    const target = this.#own({ buffer });
    const { reserve } = this.#pool;
    if (reserve !== null && !reserve.constants.has(target)) {
      throw notWhileRecording("writing host values");
    }
    if (values.length === 0 || values.length > target.length) {
      throw new RangeError(describe({
        what: "write to a device buffer",
        expected: `1 to ${target.length} elements`,
        got: String(values.length),
        help: "Give as many values as the tensor has elements.",
      }));
    }
    this.#queue.submit();
    const bytes = wholeWords(
      target.stored === "f16" ? Float16Array.from(values) : values,
    );
    this.#gpu.queue.writeBuffer(target.memory, target.byteOffset, bytes);
  }

  async read(buffer: DeviceBuffer): Promise<HostArray> {
    this.#check();
    if (this.recording) throw notWhileRecording("reading a value");
    const source = this.#own({ buffer });
    this.counters.reads++;
    return await this.#explained(this.#readback.read(source));
  }

  record<T>(run: () => T): { program: Program; result: T } {
    this.#check();
    if (this.recording) throw notWhileRecording("another capture");
    const commands: Command[] = this.#commands = [];
    this.#pool.startReserve();
    let reserve: Reserve<WebGpuBuffer>;
    let result: T;
    try {
      result = run();
      reserve = this.#pool.stopReserve();
    } catch (error) {
      this.#pool.reclaim(this.#pool.stopReserve());
      throw error;
    } finally {
      this.#commands = null;
    }
    const program: Program = {
      length: commands.length,
      replay: () => {
        this.#check();
        this.#queue.replay(commands);
      },
      [Symbol.dispose]: () => this.#pool.reclaim(reserve),
    };
    return { program, result };
  }

  async settle(): Promise<void> {
    this.#check();
    this.#queue.submit();
    await this.#explained(this.#gpu.queue.onSubmittedWorkDone());
    await this.#timestamps?.arrived();
  }

  /** Frees all memory of the device. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const memory of this.#memory) memory.destroy();
    this.#memory.clear();
    this.counters.bytes = 0;
    this.#gpu.destroy();
  }

  #run<Shape>(
    kernel: KernelRecord<Shape>,
    shape: Shape,
    operands: readonly (Operand | WebGpuTexture)[],
  ): void {
    this.#checkPasses(kernel, shape);
    const bound: Bound[] = operands.map((operand) =>
      operand instanceof WebGpuTexture ? operand : this.#own(operand)
    );
    const stored = bound.map((one) =>
      one instanceof WebGpuTexture ? null : one.stored
    );
    const types = typesOf(kernel, stored);
    const pipeline = this.#pipelines.get(kernel, shape, types);
    const [x, y, z] = kernel.workgroups(shape);
    const command: Command = {
      pipeline: pipeline.pipeline,
      bindGroup: this.#bindGroups.get(pipeline, bound),
      name: kernel.name,
      operations: 0,
      bytes: bound.reduce((sum, { byteLength }) => sum + byteLength, 0),
      ...kernel.cost?.(shape),
      x,
      y,
      z,
    };
    this.#queue.dispatch(command);
    this.#commands?.push(command);
  }

  /** Takes for each kernel of the convolution the variant that is fastest. */
  async #tune(): Promise<void> {
    const [queue, timestamps] = [this.#queue, this.#timestamps];
    const profile = new Profile();
    this.#timestamps = new Timestamps(this.#gpu, profile, this.#isSoftware);
    this.#queue = new CommandQueue(
      this.#gpu,
      this.counters,
      this.#timestamps,
    );
    this.#choice = await fastest(this.label, async (kernel, variant) => {
      profile.clear();
      this.#choice = always(variant);
      runSample(this, kernel);
      await this.settle();
      return profile.runs.reduce((sum, { duration }) => sum + duration, 0);
    });
    [this.#queue, this.#timestamps] = [queue, timestamps];
  }

  #tell(sentence: string): void {
    if (this.#onVariant === null || this.#told.has(sentence)) return;
    this.#told.add(sentence);
    this.#onVariant(sentence);
  }

  /** Refuses what a processor's driver would leave half done. */
  #checkPasses<Shape>(kernel: KernelRecord<Shape>, shape: Shape): void {
    if (!this.#isSoftware || kernel.passes === undefined) return;
    const passes = kernel.passes(shape);
    if (passes <= mostPasses) return;
    throw new DeviceError(describe({
      what: `webgpu: ${kernel.name} on so long an input`,
      expected: `at most ${mostPasses} passes through its loops, more than ` +
        `which ${this.label} leaves undone`,
      got: String(passes),
      help: "Use a smaller batch, or `--device cpu`.",
    }));
  }

  #create(stored: Stored, length: number): WebGpuBuffer {
    const bytes = length * bytesOf[stored];
    const size = Math.ceil(bytes / bindingAlignment) * bindingAlignment;
    const limit = this.#gpu.limits.maxStorageBufferBindingSize;
    if (size > limit) {
      throw new DeviceError(describe({
        what: `webgpu: allocation of ${length} ${stored} elements`,
        expected: `at most ${limit} bytes in one buffer of ${this.label}`,
        got: `${size} bytes`,
        help: "Use a smaller batch, or `--device cpu`.",
      }));
    }
    const memory = this.#gpu.createBuffer({
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST |
        GPUBufferUsage.COPY_SRC,
    });
    this.#memory.add(memory);
    this.counters.allocations++;
    this.counters.bytes += size;
    return new WebGpuBuffer(memory, stored, length);
  }

  #own({ buffer }: Operand): WebGpuBuffer {
    if (
      buffer instanceof WebGpuBuffer && this.#memory.has(buffer.memory)
    ) return buffer;
    throw new TypeError(describe({
      what: `kernel on ${this.label}`,
      expected: "a tensor of this device",
      got: "a tensor of another device, or of one that was closed",
      help: "Make model, data and optimizer on one device.",
    }));
  }

  #listen(): void {
    this.#gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#fail(
        new DeviceError(describe({
          what: `${this.label} refused work`,
          got: (event as GPUUncapturedErrorEvent).error.message,
          help: "Use a smaller batch if memory ran out; else report this.",
        })),
      );
    });
    this.#gpu.lost.then(({ message, reason }) => {
      if (this.#closed) return;
      this.#fail(
        new DeviceError(describe({
          what: `${this.label} was lost (${reason})`,
          got: message,
          help: "Open a new device and load the last saved weights.",
        })),
      );
    });
  }

  /** The first failure stays: what follows it is its consequence. */
  #fail(error: DeviceError): void {
    this.#failure ??= error;
  }

  /**
   * Waits for the device, and for what it has to say of the work before. What it
   * says of a failure comes a moment after the failure itself.
   */
  async #explained<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      await this.#settleErrors();
      return result;
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve));
      await this.#settleErrors();
      if (error instanceof DeviceError) throw error;
      throw new DeviceError(describe({
        what: `${this.label} stopped working`,
        got: (error as Error).message,
        help: "Open a new device and load the last saved weights.",
      }));
    }
  }

  async #settleErrors(): Promise<void> {
    await this.#pipelines.checked();
    if (this.#failure !== null) throw this.#failure;
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
    if (!this.#closed) return;
    throw new TypeError(describe({
      what: `use of ${this.label} after it was closed`,
      help: "Keep `using device` in the scope that uses its tensors.",
    }));
  }
}

/**
 * The bytes of host values as `writeBuffer` takes them: a multiple of four, and
 * not in shared memory.
 */
function wholeWords(
  values: HostArray | Float16Array,
): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength, byteOffset } = values;
  if (byteLength % 4 === 0 && buffer instanceof ArrayBuffer) {
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  const padded = new Uint8Array(Math.ceil(byteLength / 4) * 4);
  padded.set(new Uint8Array(buffer, byteOffset, byteLength));
  return padded;
}
