import type {
  Access,
  ArraysOf,
  Kernel,
  NumberArray,
  OperandsOf,
  Signature,
} from "../../../kernels/kernel.ts";
import type {
  Device,
  DeviceBuffer,
  HostArray,
  Operand,
} from "../../../src/devices/device.ts";
import { assertClose, type Tolerance } from "../../close.ts";
import { uniform } from "../../reference.ts";

/** One comparison of a kernel with the reference, on whatever device. */
export interface KernelCase {
  /** The kernel, and what is special about the case. */
  readonly name: string;
  /** Calls the kernel and tells the harness what must have come of it. */
  run(harness: KernelHarness): void;
}

/** What unwritten i32 elements hold; no kernel gives it. */
export const UNWRITTEN_INTEGER = 0x7f7f7f7f;

/** What unwritten f32 elements hold: NaN is what some kernels must give. */
export const UNWRITTEN = 2 ** 120;

/**
 * Hands operands to a case and checks, once all kernels have run, every one of
 * them: an output must be what the case expects, every other operand what it
 * was.
 */
export class KernelHarness {
  readonly #device: Device;
  readonly #checks = new Map<Operand, (actual: HostArray) => void>();
  readonly #buffers: DeviceBuffer[] = [];

  constructor(device: Device) {
    this.#device = device;
  }

  /**
   * Runs a kernel on the device and its reference in f64, and compares all that
   * it writes.
   *
   * @param operands Values of what is read or updated, which f32 must hold
   * exactly; for what is written, an array of its length and type.
   * @param tolerance For all f32 results, or for some by their operands' names;
   * the others must be the nearest f32. Of `any` operand no value is checked.
   */
  check<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: ArraysOf<NoInfer<S>>,
    params: NoInfer<P>,
    tolerance: Tolerance | Readonly<Record<string, Tolerance | "any">> | null =
      null,
  ): void {
    const given = Object.entries<NumberArray | null>(operands)
      .map(([name, values]) => {
        const access = kernel.operands[name];
        const operand = values && this.#given(values, access);
        return { name, access, operand, array: values?.slice() ?? null };
      });
    const arrays = given.map(({ array, name }) => [name, array]);
    kernel.reference(Object.fromEntries(arrays), params);
    const device: Device = this.#device;
    device.run(
      kernel,
      Object.fromEntries(
        given.map(({ name, operand }) => [name, operand]),
      ) as OperandsOf<S>,
      params,
    );
    for (const { access, array, name, operand } of given) {
      if (array === null || operand === null || /^read/.test(access)) continue;
      const own = isTolerance(tolerance) ? tolerance : tolerance?.[name];
      if (own === "any") this.expectAnything(operand);
      else if (!(array instanceof Float64Array)) {
        this.expectEqual(operand, array, name);
      } else if (own === undefined) {
        this.expectEqual(operand, rounded(array), name);
      } else this.expectClose(operand, array, own, name);
    }
  }

  /** Runs a kernel on operands of this harness. */
  run<S extends Signature>(
    kernel: Kernel<S, void>,
    operands: OperandsOf<NoInfer<S>>,
  ): void {
    this.#device.run(kernel, operands);
  }

  #given(values: NumberArray, access: Access): Operand {
    if (!/^write/.test(access)) {
      return values instanceof Float64Array
        ? this.f32(values)
        : this.#operand(values);
    }
    if (values instanceof Uint8Array) {
      return this.u8(new Uint8Array(values.length).fill(0x7f));
    }
    return values instanceof Int32Array
      ? this.i32Output(values.length)
      : this.output(values.length);
  }

  /** An f32 operand with these values. */
  f32(values: ArrayLike<number>): Operand {
    return this.#operand(Float32Array.from(values));
  }

  /** An i32 operand with these values. */
  i32(values: ArrayLike<number>): Operand {
    return this.#operand(Int32Array.from(values));
  }

  /** A u8 operand with these values. */
  u8(values: ArrayLike<number>): Operand {
    return this.#operand(Uint8Array.from(values));
  }

  /** An f32 output full of a number that no kernel gives. */
  output(length: number): Operand {
    return this.f32(new Float32Array(length).fill(UNWRITTEN));
  }

  /** An i32 output full of numbers that no kernel gives. */
  i32Output(length: number): Operand {
    return this.i32(new Int32Array(length).fill(UNWRITTEN_INTEGER));
  }

  /**
   * A part of an f32 operand of `operand.buffer.length` elements, which stays
   * in the harness's care as a whole.
   *
   * @param start In units of the device's alignment.
   */
  view(operand: Operand, start: number, length: number): Operand {
    const offset = start * this.#device.alignment;
    return { buffer: (operand.buffer as DeviceBuffer).view(offset, length) };
  }

  /** Elements to which views must be aligned. */
  get alignment(): number {
    return this.#device.alignment;
  }

  /** The operand must come within the tolerance of these values. */
  expectClose(
    operand: Operand,
    expected: ArrayLike<number>,
    tolerance: Tolerance,
    label = "output",
  ): void {
    this.#checks.set(
      operand,
      (actual) => void assertClose(actual, expected, tolerance, label),
    );
  }

  /** The operand must hold exactly these values; NaN equals NaN. */
  expectEqual(
    operand: Operand,
    expected: ArrayLike<number>,
    label = "output",
  ): void {
    this.#checks.set(
      operand,
      (actual) => assertSame(actual, expected, label),
    );
  }

  /** The operand may hold whatever the kernel likes. */
  expectAnything(operand: Operand): void {
    this.#checks.delete(operand);
  }

  /** Checks all operands and gives their memory back. */
  async verify(): Promise<void> {
    const checks = [...this.#checks];
    const arrays = await Promise.all(
      checks.map(([operand]) => this.#device.read(operand.buffer)),
    );
    checks.forEach(([_, check], i) => check(arrays[i]));
    for (const buffer of this.#buffers) this.#device.release(buffer);
  }

  #operand(values: HostArray): Operand {
    const dtype = values instanceof Float32Array
      ? "f32"
      : values instanceof Int32Array
      ? "i32"
      : "u8";
    const operand = { buffer: this.#device.allocate(dtype, values.length) };
    this.#device.write(operand.buffer, values);
    this.#buffers.push(operand.buffer);
    this.expectEqual(operand, values, "operand that the kernel only reads");
    return operand;
  }
}

/** Runs one case on a device. */
export async function runKernelCase(
  device: Device,
  { run }: KernelCase,
): Promise<void> {
  const harness = new KernelHarness(device);
  run(harness);
  await harness.verify();
}

/** One element, less and more than a workgroup, several workgroups. */
export const lengths: readonly number[] = [1, 63, 256, 257, 1000];

function isTolerance(value: object | null): value is Tolerance {
  return value !== null && "atol" in value;
}

/** `length` numbers in [−1, 1) that f32 holds exactly. */
export function random(length: number, seed: number): Float64Array {
  return uniform(length, seed).map(Math.fround);
}

/** An array of zeros: a state before the first step. */
export function zeros(length: number): Float64Array {
  return new Float64Array(length);
}

/** The nearest f32 of each: what a kernel gets of a reference's result. */
export function rounded(values: Float64Array): Float64Array {
  return values.map(Math.fround);
}

/** `length` whole numbers from 0 up to `end`, not included. */
export function randomIntegers(
  length: number,
  end: number,
  seed: number,
): Int32Array {
  return Int32Array.from(
    uniform(length, seed),
    (value) => Math.floor((value + 1) / 2 * end),
  );
}

function assertSame(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  label: string,
): void {
  if (actual.length !== expected.length) {
    throw new Error(
      `${label}: expected ${expected.length} elements, got ${actual.length}`,
    );
  }
  for (let i = 0; i < actual.length; i++) {
    const bothNaN = Number.isNaN(actual[i]) && Number.isNaN(expected[i]);
    if (actual[i] === expected[i] || bothNaN) continue;
    throw new Error(
      `${label}: element ${i} of ${actual.length}: ` +
        `expected ${expected[i]}, got ${actual[i]}`,
    );
  }
}
