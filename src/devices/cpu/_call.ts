import type { Operand } from "../device.ts";
import type { Kernels } from "../kernels.ts";

/** What a kernel's TypeScript side does with the device. */
export interface Caller {
  /** In how many parts a kernel splits its work, at most. */
  readonly threads: number;
  /** Multiplications of a convolution from which on Winograd's way is taken. */
  readonly winogradFrom: number;
  /** Whether a program is recorded, to run more than once. */
  readonly recording: boolean;
  /** The kernels in plain TypeScript, for shapes that others don't know. */
  readonly plain: Kernels;
  /** Where an operand's elements start; 0 for none. */
  pointer(operand: Operand | null): number;
  /**
   * Calls a kernel of `kernels/cpu/`.
   *
   * @param kernel The function's name.
   * @param words Its arguments; numbers with a fraction through
   * {@linkcode float}.
   * @param work About how many operations it is: little work stays on one
   * thread, and 0 always does, as for a kernel that has but one part. Worked
   * out from the shape alone, so that results don't depend on anything else.
   * @param operations Multiplications and additions, for a profile. Default 0:
   * nobody counted them.
   * @returns In how many parts the kernel splits its work.
   */
  run(
    kernel: string,
    words: readonly number[],
    work: number,
    operations?: number,
  ): number;
  /**
   * Memory for a call, the same for all kernels: its content is lost with the
   * next kernel's call.
   *
   * @param bytes How many bytes each thread needs.
   */
  scratch(bytes: number): CallMemory;
}

/** Memory for the time of a call. */
export interface CallMemory {
  /** Where that of part 0 starts. */
  readonly pointer: number;
  /** Bytes from one part's memory to the next one's; a multiple of 64. */
  readonly stride: number;
}

/** Makes some of a device's kernels. */
export type KernelsOf<Names extends keyof Kernels> = (
  caller: Caller,
) => Pick<Kernels, Names>;

const bits = new DataView(new ArrayBuffer(4));

/** The 32 bits of an f32, as the word of a record. */
export function float(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}
