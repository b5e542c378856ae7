import { optionText } from "../../base/help.ts";
import { describe, DeviceError } from "../../base/errors.ts";
import { checkValues } from "../check_values.ts";
import { bytesOf, type Stored } from "../pool.ts";
import type { DeviceCounters, HostArray, Operand } from "../device.ts";
import { bindingAlignment, WebGpuBuffer } from "./_buffer.ts";
import { BufferUsage } from "./_flags.ts";

/** The buffers of a device: it makes, knows, fills and destroys them. */
export class Memory {
  readonly #gpu: GPUDevice;
  readonly #label: string;
  readonly #counters: DeviceCounters;
  readonly #buffers = new Set<GPUBuffer>();

  /** @param label The device's, for errors. */
  constructor(gpu: GPUDevice, label: string, counters: DeviceCounters) {
    this.#gpu = gpu;
    this.#label = label;
    this.#counters = counters;
  }

  /** @throws {DeviceError} If the device binds no buffer as large. */
  create(stored: Stored, length: number): WebGpuBuffer {
    const bytes = length * bytesOf[stored];
    const size = Math.ceil(bytes / bindingAlignment) * bindingAlignment;
    const limit = this.#gpu.limits.maxStorageBufferBindingSize;
    if (size > limit) {
      throw new DeviceError(describe({
        what: `webgpu: allocation of ${length} ${stored} elements`,
        expected: `at most ${limit} bytes in one buffer of ${this.#label}`,
        got: `${size} bytes`,
        help: `Use a smaller batch, or ${optionText("device", "cpu")}.`,
      }));
    }
    const memory = this.#create(size, BufferUsage.COPY_SRC);
    return new WebGpuBuffer(memory, stored, length);
  }

  /** Frees buffers that no command reads or writes that is still to be submitted. */
  free(buffers: readonly WebGpuBuffer[]): void {
    for (const { memory } of buffers) {
      memory.destroy();
      this.#buffers.delete(memory);
      this.#counters.bytes -= memory.size;
    }
  }

  /** A buffer that a uniform variable is bound to, with its bytes. */
  createUniform(bytes: Uint8Array<ArrayBuffer>): GPUBuffer {
    const memory = this.#create(bytes.byteLength, BufferUsage.UNIFORM);
    this.#gpu.queue.writeBuffer(memory, 0, bytes);
    return memory;
  }

  /** A buffer to bind as storage and to write to, and for one more use. */
  #create(size: number, use: GPUBufferUsageFlags): GPUBuffer {
    const memory = this.#gpu.createBuffer({
      size,
      usage: BufferUsage.STORAGE | BufferUsage.COPY_DST | use,
    });
    this.#buffers.add(memory);
    this.#counters.allocations++;
    this.#counters.bytes += size;
    return memory;
  }

  /**
   * The operand's buffer.
   *
   * @throws {TypeError} If it is not one of this memory.
   */
  own({ buffer }: Operand): WebGpuBuffer {
    if (
      buffer instanceof WebGpuBuffer && this.#buffers.has(buffer.memory)
    ) return buffer;
    throw new TypeError(describe({
      what: `kernel on ${this.#label}`,
      expected: "a tensor of this device",
      got: "a tensor of another device, or of one that was closed",
      help: "Make model, data and optimizer on one device.",
    }));
  }

  /**
   * Writes host values to the start of a buffer. No other place writes any: in
   * Deno 2.9 `writeBuffer` with nothing, or with more than there is room for,
   * ends the whole process.
   *
   * @throws {TypeError} If the array is not of the buffer's element type.
   * @throws {RangeError} If there are no values, or too many.
   */
  write(target: WebGpuBuffer, values: HostArray): void {
    checkValues(target, values);
    const bytes = wholeWords(
      target.stored === "f16" ? Float16Array.from(values) : values,
    );
    this.#gpu.queue.writeBuffer(target.memory, target.byteOffset, bytes);
  }

  /** Frees all of it: nobody else does, since V8 does not see a GPU's memory. */
  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.clear();
    this.#counters.bytes = 0;
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
