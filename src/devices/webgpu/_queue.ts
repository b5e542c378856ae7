import type { DeviceCounters } from "../device.ts";
import type { KernelCost } from "../../../kernels/kernel.ts";
import type { Timestamps } from "./_timestamps.ts";

/** One kernel on fixed buffers: all that an encoder must be told. */
export interface Command extends KernelCost {
  /** The method of `Kernels` that it serves. */
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** What is copied into textures before. */
  readonly copies: readonly TexelCopy[];
}

/** A copy of a part of a buffer into a texture. */
export interface TexelCopy {
  readonly source: GPUTexelCopyBufferInfo;
  readonly target: GPUTexelCopyTextureInfo;
  readonly size: [width: number, height: number];
}

/**
 * Commands to collect before they are handed over unasked: enough for a whole
 * step to go in one submit, few enough that the device starts early.
 */
const commandsPerSubmit = 256;

/** Collects commands in one compute pass and hands them to the device. */
export class CommandQueue {
  readonly #device: GPUDevice;
  readonly #counters: DeviceCounters;
  readonly #timestamps: Timestamps | null;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #pipeline: GPUComputePipeline | null = null;
  #pending = 0;

  constructor(
    device: GPUDevice,
    counters: DeviceCounters,
    timestamps: Timestamps | null,
  ) {
    this.#device = device;
    this.#counters = counters;
    this.#timestamps = timestamps;
  }

  /** Adds one command. */
  dispatch(command: Command): void {
    this.#encode(command);
    this.#submitIfFull();
  }

  /** Adds all commands of a program. */
  replay(commands: readonly Command[]): void {
    for (const command of commands) this.#encode(command);
    this.#submitIfFull();
  }

  /** Adds a copy, which ends the pass, and hands everything over. */
  copy(
    source: GPUBuffer,
    offset: number,
    target: GPUBuffer,
    bytes: number,
  ): void {
    this.#endPass();
    this.#encoder ??= this.#device.createCommandEncoder();
    this.#encoder.copyBufferToBuffer(source, offset, target, 0, bytes);
    this.submit();
  }

  /** Hands everything collected to the device. */
  submit(): void {
    this.#endPass();
    if (this.#encoder === null) return;
    const readTimes = this.#timestamps?.resolve(this.#encoder);
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#counters.submits++;
    this.#encoder = null;
    this.#pending = 0;
    readTimes?.();
  }

  #open(): GPUComputePassEncoder {
    if (this.#pass === null) {
      this.#encoder ??= this.#device.createCommandEncoder();
      this.#pass = this.#encoder.beginComputePass();
    }
    return this.#pass;
  }

  /** Opens a pass for one command alone, to be timed. */
  #openTimed(timestamps: Timestamps, command: Command): void {
    if (timestamps.full) this.submit();
    this.#endPass();
    this.#encoder ??= this.#device.createCommandEncoder();
    const timestampWrites = timestamps.next(command);
    this.#pass = this.#encoder.beginComputePass({ timestampWrites });
  }

  #encode(command: Command): void {
    if (command.copies.length > 0) this.#copyTexels(command.copies);
    if (this.#timestamps !== null) this.#openTimed(this.#timestamps, command);
    const pass = this.#open();
    if (command.pipeline !== this.#pipeline) {
      pass.setPipeline(command.pipeline);
      this.#pipeline = command.pipeline;
    }
    pass.setBindGroup(0, command.bindGroup);
    pass.dispatchWorkgroups(command.x, command.y, command.z);
    this.#pending++;
    this.#counters.dispatches++;
  }

  #copyTexels(copies: readonly TexelCopy[]): void {
    this.#endPass();
    this.#encoder ??= this.#device.createCommandEncoder();
    for (const { size, source, target } of copies) {
      this.#encoder.copyBufferToTexture(source, target, size);
    }
  }

  #submitIfFull(): void {
    if (this.#pending >= commandsPerSubmit) this.submit();
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
    this.#pipeline = null;
  }
}
