import type { DType, HostArray } from "../device.ts";
import { bytesOf, type PooledBuffer } from "../pool.ts";
import type { CpuMemory } from "./_memory.ts";

/** A range of the memory of a CPU device. */
export class CpuBuffer implements PooledBuffer {
  #data: HostArray | null = null;

  constructor(
    readonly owner: object,
    readonly memory: CpuMemory,
    readonly dtype: DType,
    readonly pointer: number,
    readonly length: number,
  ) {}

  /** The elements. */
  get data(): HostArray {
    const { dtype, length, memory, pointer } = this;
    return this.#data ??= memory.array(dtype, pointer, length);
  }

  get stored(): DType {
    return this.dtype;
  }

  view(offset: number, length: number): CpuBuffer {
    const pointer = this.pointer + offset * bytesOf[this.dtype];
    return new CpuBuffer(this.owner, this.memory, this.dtype, pointer, length);
  }
}
