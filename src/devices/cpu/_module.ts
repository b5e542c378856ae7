import { applyPatch } from "../../../kernels/lib/patch.ts";
import { patch, relaxed } from "../../../kernels/lib/wasm.gen.ts";
import { wideProducts } from "../../../kernels/lib/wide_products.ts";

/** The compiled kernels: WebAssembly that all threads share. */
export interface CpuModule {
  /** The module that the threads instantiate. */
  readonly module: WebAssembly.Module;
  /** The products for vectors of 256 bits, or null to do without. */
  readonly wide: WebAssembly.Module | null;
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

/** The builds of the kernels. */
export type CpuBuild = "wide" | "relaxed" | "simd";

const compiled = new Map<CpuBuild, CpuModule>();

/**
 * The kernels, compiled once.
 *
 * @param build The build to take where the engine has what it needs, else the next
 * one in the order of {@linkcode CpuBuild}.
 */
export function cpuModule(build: CpuBuild): CpuModule {
  const known = compiled.get(build);
  if (known !== undefined) return known;
  const made = compile(build);
  compiled.set(build, made);
  return made;
}

function compile(build: CpuBuild): CpuModule {
  if (build === "wide") {
    const { module, kernels, relaxed } = cpuModule("relaxed");
    const second = wideProducts();
    // Two memories came after relaxed SIMD.
    const hasBoth = relaxed && WebAssembly.validate(second);
    const compiled = hasBoth ? new WebAssembly.Module(second) : null;
    return { module, wide: compiled, kernels, relaxed };
  }
  const bytes = bytesOf(relaxed);
  const fuses = build === "relaxed" && WebAssembly.validate(bytes);
  const module = new WebAssembly.Module(
    fuses ? bytes : applyPatch(bytes, bytesOf(patch)),
  );
  const kernels = WebAssembly.Module.exports(module)
    .map(({ name }) => name)
    .filter((name) => !notKernels.includes(name))
    .sort();
  return { module, wide: null, kernels, relaxed: fuses };
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
  { kernels, module, wide }: CpuModule,
  memory: WebAssembly.Memory,
): Runner {
  const table = new WebAssembly.Table({
    initial: kernels.length + 1,
    element: "anyfunc",
  });
  const products: WebAssembly.ModuleImports = wide === null
    ? { dots: () => {}, productColumns: () => {}, productRows: () => {} }
    : new WebAssembly.Instance(wide, {
      env: { memory, own: new WebAssembly.Memory({ initial: 1, maximum: 1 }) },
    }).exports;
  const isWide = wide === null ? 0 : 1;
  const instance = new WebAssembly.Instance(module, {
    env: { memory, table },
    wide: { isWide, ...products },
  });
  kernels.forEach((name, index) =>
    table.set(index, instance.exports[name] as () => void)
  );
  return instance.exports as unknown as Runner;
}
