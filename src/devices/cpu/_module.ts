import { applyPatch } from "../../../kernels/lib/patch.ts";
import { patch, relaxed } from "../../../kernels/lib/wasm.gen.ts";

/** The compiled kernels: WebAssembly that all threads share. */
export interface CpuModule {
  /** The module that the threads instantiate. */
  readonly module: WebAssembly.Module;
  /** The kernels, each at its index in the table. */
  readonly kernels: readonly string[];
  /** Whether it fuses multiply and add. */
  readonly relaxed: boolean;
}

/** The functions of `kernels/lib/simd/run.ts`. */
export interface Runner {
  /** Runs a program alone. */
  solo(program: number, records: number): void;
  /** Runs a program as a pool's thread 0; 0 not run, 1 done, 2 failed. */
  run(
    control: number,
    threads: number,
    program: number,
    records: number,
    maySleep: boolean,
  ): number;
  /** Does a worker's share of every program until the pool is closed. */
  workerLoop(
    control: number,
    thread: number,
    threads: number,
    idle: number,
  ): void;
  /** Closes a pool. */
  close(control: number): void;
}

const notKernels = ["close", "memory", "run", "solo", "workerLoop"];

const compiled = new Map<boolean, CpuModule>();

/**
 * The kernels, compiled once.
 *
 * @param useRelaxed Whether to take the build with relaxed SIMD where the
 * engine has it.
 */
export function cpuModule(useRelaxed: boolean): CpuModule {
  const known = compiled.get(useRelaxed);
  if (known !== undefined) return known;
  const bytes = bytesOf(relaxed);
  const made = useRelaxed && WebAssembly.validate(bytes)
    ? compile(bytes, true)
    : compile(applyPatch(bytes, bytesOf(patch)), false);
  compiled.set(useRelaxed, made);
  return made;
}

function compile(bytes: BufferSource, relaxed: boolean): CpuModule {
  const module = new WebAssembly.Module(bytes);
  const kernels = WebAssembly.Module.exports(module)
    .map(({ name }) => name)
    .filter((name) => !notKernels.includes(name))
    .sort();
  return { module, kernels, relaxed };
}

/** The bytes of hexadecimal digits in lines. */
function bytesOf(hexadecimal: string): Uint8Array<ArrayBuffer> {
  const digits = hexadecimal.replaceAll("\n", "");
  const digit = (at: number) => {
    const code = digits.charCodeAt(at);
    return (code & 15) + 9 * (code >> 6);
  };
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = digit(2 * at) << 4 | digit(2 * at + 1);
  }
  return bytes;
}

/**
 * Instantiates the kernels on a memory. A worker runs the text of this function
 * by itself: it must use nothing of this file.
 */
export function instantiate(
  module: WebAssembly.Module,
  kernels: readonly string[],
  memory: WebAssembly.Memory,
): Runner {
  const table = new WebAssembly.Table({
    initial: kernels.length + 1,
    element: "anyfunc",
  });
  const instance = new WebAssembly.Instance(module, { env: { memory, table } });
  kernels.forEach((name, index) =>
    table.set(index, instance.exports[name] as () => void)
  );
  return instance.exports as unknown as Runner;
}
