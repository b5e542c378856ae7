import { describe } from "../../errors.ts";
import { BufferPool, type Reserve } from "../_pool.ts";
import { checkLength, notWhileRecording } from "../_recording.ts";
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
import type { Kernels } from "../kernels.ts";
import { cpuKernels } from "./cpu_kernels.ts";

/** How to open the CPU device. */
export interface CpuDeviceOptions {
  /**
   * Fills every buffer with NaN before it is handed out, so that a kernel that
   * leaves an element unwritten shows. For tests. Default false.
   */
  poison?: boolean;
}

class CpuBuffer implements DeviceBuffer {
  constructor(
    readonly owner: CpuDevice,
    readonly dtype: DType,
    readonly data: HostArray,
  ) {}

  get length(): number {
    return this.data.length;
  }

  view(offset: number, length: number): CpuBuffer {
    const part = this.data.subarray(offset, offset + length);
    return new CpuBuffer(this.owner, this.dtype, part);
  }
}

const arrays = { f32: Float32Array, i32: Int32Array, u8: Uint8Array };

/** The CPU as a device: kernels run at once, in plain TypeScript. */
export class CpuDevice implements Device {
  readonly kind = "cpu";
  readonly label: string = "cpu (1 thread)";
  readonly kernels: Kernels;
  readonly counters: DeviceCounters = {
    allocations: 0,
    bytes: 0,
    dispatches: 0,
    bindGroups: 0,
    submits: 0,
    reads: 0,
  };
  readonly profile = null;
  readonly alignment = 16;
  readonly #poison: boolean;
  readonly #pool = new BufferPool((dtype: DType, length: number) => {
    const data = new arrays[dtype](length);
    this.counters.allocations++;
    this.counters.bytes += data.byteLength;
    return new CpuBuffer(this, dtype, data);
  });
  #calls: (() => void)[] | null = null;
  #closed = false;

  private constructor(options: CpuDeviceOptions) {
    this.#poison = options.poison ?? false;
    this.kernels = cpuKernels(
      (kernel) => this.#run(kernel),
      (operand) => this.#data(operand),
      this,
    );
  }

  /** Opens the CPU device. */
  static open(options: CpuDeviceOptions = {}): CpuDevice {
    return new CpuDevice(options);
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
    if (this.#poison && lifetime === "pooled" && dtype !== "u8") {
      this.kernels.fill({ buffer }, dtype === "f32" ? NaN : 0x7f7f7f7f);
    }
    return buffer;
  }

  release(buffer: DeviceBuffer): void {
    if (!this.#closed) this.#pool.give(buffer as CpuBuffer);
  }

  write(buffer: DeviceBuffer, values: HostArray): void {
    this.#checkOpen();
    const { reserve } = this.#pool;
    if (reserve !== null && !reserve.constants.has(buffer as CpuBuffer)) {
      throw notWhileRecording("writing host values");
    }
    this.#data({ buffer }).set(values);
  }

  read(buffer: DeviceBuffer): Promise<HostArray> {
    this.#checkOpen();
    if (this.recording) throw notWhileRecording("reading a value");
    this.counters.reads++;
    return Promise.resolve(this.#data({ buffer }).slice());
  }

  record<T>(run: () => T): { program: Program; result: T } {
    this.#checkOpen();
    if (this.recording) throw notWhileRecording("another capture");
    const calls: (() => void)[] = this.#calls = [];
    this.#pool.startReserve();
    let reserve: Reserve<CpuBuffer>;
    let result: T;
    try {
      result = run();
      reserve = this.#pool.stopReserve();
    } catch (error) {
      this.#pool.reclaim(this.#pool.stopReserve());
      throw error;
    } finally {
      this.#calls = null;
    }
    const program: Program = {
      length: calls.length,
      replay: () => {
        for (const call of calls) call();
        this.counters.dispatches += calls.length;
      },
      [Symbol.dispose]: () => this.#pool.reclaim(reserve),
    };
    return { program, result };
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  /** Frees all memory of the device. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.counters.bytes = 0;
  }

  #run(kernel: () => void): void {
    kernel();
    this.counters.dispatches++;
    this.#calls?.push(kernel);
  }

  #data({ buffer }: Operand): HostArray {
    if (buffer instanceof CpuBuffer && buffer.owner === this) {
      return buffer.data;
    }
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
