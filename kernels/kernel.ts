/**
 * The contract between operations and devices: a kernel is a value that says
 * what it computes, on which operands, and how each kind of device does it. An
 * operation owns its kernels; a device runs them and knows none of them.
 *
 * @module
 */

import type { EntryPoint } from "./wgsl.ts";

/**
 * Element types: f32 for numbers, i32 for labels and indices, u8 for pixels.
 *
 * @category Tensors
 */
export type DType = "f32" | "i32" | "u8";

/** How a device stores activations. */
export type Precision = "f32" | "f16";

/**
 * Kinds of implementations of a kernel: `direct` runs everywhere, `tiled` is for
 * GPUs, and `llvmpipe` for Mesa's adapter that runs on the CPU.
 */
export type Variant = "direct" | "llvmpipe" | "tiled";

/** All of them. */
export const variants: readonly Variant[] = ["direct", "llvmpipe", "tiled"];

/** The numbers that a reference reads and writes: f64 where a test wants more digits. */
export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Memory as a kernel sees it: anything that has a buffer, a tensor above all. */
export interface Operand {
  /** Where the elements are. */
  readonly buffer: {
    /** The type of the elements. */
    readonly dtype: DType;
    /** How many elements there are. */
    readonly length: number;
  };
}

/**
 * How a kernel uses an operand: it reads it, writes the whole of it, or updates
 * it in place. With a question mark the operand may be null.
 */
export type Access =
  | "read"
  | "write"
  | "update"
  | "read?"
  | "write?"
  | "update?";

/** The operands of a kernel by name, each with how it is used. */
export type Signature = Readonly<Record<string, Access>>;

/** The operands of a kernel of this signature. */
export type OperandsOf<S extends Signature> = {
  readonly [Name in keyof S]: S[Name] extends `${string}?` ? Operand | null
    : Operand;
};

/** The arrays of a reference of this signature. */
export type ArraysOf<S extends Signature> = {
  readonly [Name in keyof S]: S[Name] extends `${string}?` ? NumberArray | null
    : NumberArray;
};

/** The cost of a run: for rates in a profile and for choosing, not for results. */
export interface KernelCost {
  /** Additions and multiplications; 0 where nobody counted them. */
  readonly operations: number;
  /** Bytes read and written, each element once. */
  readonly bytes: number;
}

/** The traits of an adapter that an implementation may depend on. */
export interface AdapterTraits {
  /** Whether the adapter is a processor, such as Mesa's llvmpipe. */
  readonly isSoftware: boolean;
  /** How activations, and copies of weights, are stored. */
  readonly precision: Precision;
  /** Storage buffers that an entry point may bind. */
  readonly storageBuffers: number;
  /** Texels that a {@linkcode Texture} may have. */
  readonly textureTexels: number;
  /**
   * Which implementation runs a kernel; null where it has but one. For kernels
   * that run such an implementation in another form.
   */
  implementationOf<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: OperandsOf<S>,
    params: P,
  ): Variant | null;
}

/** The traits of the CPU device that an implementation may depend on. */
export interface CpuTraits {
  /** In how many parts a kernel splits its work, at most. */
  readonly threads: number;
  /** Whether a program is being recorded, to run more than once. */
  readonly recording: boolean;
  /** In how many parts a call of that much work is split: 1 or `threads`. */
  parts(work: number): number;
  /**
   * Whether so many multiplications are worth an algorithm that rounds more
   * than the direct sums, such as Winograd's.
   */
  mayRoundMore(multiplications: number): boolean;
  /**
   * Memory for the time of a call: its content is lost with the next kernel.
   *
   * @param bytes How many bytes each thread needs.
   */
  threadMemory(bytes: number): ThreadMemory;
}

/** Memory for the time of a call, a piece for each thread. */
export interface ThreadMemory {
  /** Where that of thread 0 starts. */
  readonly pointer: number;
  /** Bytes from one thread's memory to the next one's; a multiple of 64. */
  readonly stride: number;
}

/** Workgroups along x, y and z, each at most 65,535. */
export type Workgroups = readonly [x: number, y: number, z: number];

/** An entry point of a WGSL module on buffers and textures: one GPU command. */
export interface Dispatch {
  /** Tells steps apart. */
  readonly kind: "dispatch";
  /** The code that runs. */
  readonly entryPoint: EntryPoint;
  /** The operands of the bindings, by their names in the source. */
  readonly bind: Readonly<Record<string, Operand | Texture>>;
  /**
   * Values of the module's `override` constants, of which each set is a
   * pipeline, and of the members of its uniform variables, which a pipeline
   * reads.
   */
  readonly constants: Readonly<Record<string, number>>;
  /** How many workgroups run. */
  readonly workgroups: Workgroups;
  /**
   * The most iterations that an invocation makes through all its loops
   * together, where a long input may make them many: see
   * {@linkcode iterationLimit}.
   */
  readonly iterations?: number;
  /**
   * Whether what is left in the texture, the second binding, follows from the
   * buffer that is the first, in a way that the texture's name alone tells: it is
   * then left out where the texture has it already.
   */
  readonly keeps?: boolean;
  /** The name in a profile. Default: the kernel's name. */
  readonly label?: string;
  /** The cost, for a profile. Default: the kernel's, if it is its only step. */
  readonly cost?: Partial<KernelCost>;
}

/** A function of the WebAssembly module with its arguments. */
export interface WasmCall {
  /** Tells steps apart. */
  readonly kind: "wasm";
  /** The function's name. */
  readonly function: string;
  /** Words of 32 bits; operands and scratch buffers stand for their addresses. */
  readonly words: readonly (number | Operand | null)[];
  /** See {@linkcode WasmWork}. */
  readonly work: number;
  /** The name in a profile. Default: the kernel's name. */
  readonly label?: string;
  /** The cost, for a profile. Default: the kernel's, if it is its only step. */
  readonly cost?: Partial<KernelCost>;
}

/** Another kernel on operands of this one, or on scratch buffers. */
export interface KernelCall<S extends Signature = Signature, P = unknown> {
  /** Tells steps apart. */
  readonly kind: "kernel";
  /** The code that runs. */
  readonly kernel: Kernel<S, P>;
  /** The operands. */
  readonly operands: OperandsOf<S>;
  /** Its parameters. */
  readonly params: P;
}

/** A call of some kernel: lists hold calls of different ones. */
// deno-lint-ignore no-explicit-any -- a list of calls of different kernels
export type AnyKernelCall = KernelCall<any, any>;

/** Commands and calls of other kernels, in order. */
export type WebGpuSteps = readonly (Dispatch | AnyKernelCall)[];

/**
 * How WebGPU computes a kernel, as commands in order; null where it does not
 * take these shapes, or not on this adapter.
 */
export type WebGpuImplementation<S extends Signature, P> = (
  operands: OperandsOf<S>,
  params: P,
  adapter: AdapterTraits,
) => WebGpuSteps | null;

/** How the CPU computes a kernel, as calls in order; null as above. */
export type WasmImplementation<S extends Signature, P> = (
  operands: OperandsOf<S>,
  params: P,
  cpu: CpuTraits,
) => readonly (WasmCall | AnyKernelCall)[] | null;

/** An implementation of some kernel: lists hold those of different ones. */
// deno-lint-ignore no-explicit-any -- a list of implementations of different kernels
export type AnyWebGpuImplementation = WebGpuImplementation<any, any>;

/** Sizes at which the implementations of a kernel are timed. */
export interface KernelSample<S extends Signature, P> {
  /** Elements of each operand; null leaves it out. */
  readonly lengths: Readonly<Record<keyof S, number | null>>;
  /** Its parameters. */
  readonly params: P;
}

/** Some kernel: lists hold different ones. */
// deno-lint-ignore no-explicit-any -- a list of different kernels
export type AnyKernel = Kernel<any, any>;

/** A computation on buffers. See {@linkcode kernel}. */
export interface Kernel<S extends Signature, P> {
  /** The name in errors and profiles. */
  readonly name: string;
  /** How each operand is used. */
  readonly operands: S;
  /**
   * Plain loops: the definition, the oracle of every other implementation, and
   * what the CPU runs that has none of its own. Writes the whole of every
   * operand that is written.
   */
  reference(arrays: ArraysOf<S>, params: P): void;
  /** The same as calls of other kernels: what runs where nothing better does. */
  readonly compose?: (
    operands: OperandsOf<S>,
    params: P,
  ) => readonly AnyKernelCall[];
  /**
   * One implementation, or several: a device takes what suits its adapter, or what
   * is fastest there; where that one does not take the shapes `tiled`, and then
   * `direct`. Those for processors may be in `llvmpipe.ts` instead.
   */
  readonly webgpu?:
    | WebGpuImplementation<S, P>
    | Readonly<Partial<Record<Variant, WebGpuImplementation<S, P>>>>;
  /** How the CPU computes it; without it, by the reference. */
  readonly wasm?: WasmImplementation<S, P>;
  /** The cost of a run: by default no operations, and the bytes of all operands. */
  readonly cost?: (params: P) => Partial<KernelCost>;
  /** Where several implementations are timed. */
  readonly sample?: KernelSample<S, P>;
}

/** A kernel as it is written: with a reference, or composed of other kernels. */
export type KernelDefinition<S extends Signature, P> =
  & Omit<Kernel<S, P>, "reference" | "compose">
  & (
    | {
      reference(arrays: ArraysOf<S>, params: P): void;
      readonly compose?: undefined;
    }
    | {
      readonly reference?: undefined;
      compose(
        operands: OperandsOf<S>,
        params: P,
      ): readonly AnyKernelCall[];
    }
  );

/**
 * Makes a kernel. The reference of one that is composed runs the references of
 * its parts.
 */
export function kernel<const S extends Signature, P = void>(
  definition: KernelDefinition<S, P>,
): Kernel<S, P> {
  const { compose, reference } = definition;
  if (reference !== undefined) return { ...definition, reference };
  return {
    ...definition,
    reference: (arrays, params) => composedReference(compose, arrays, params),
  };
}

/** A call of another kernel, for `compose` and for implementations. */
export function call<S extends Signature>(
  kernel: Kernel<S, void>,
  operands: OperandsOf<NoInfer<S>>,
): AnyKernelCall;
/** A call of a kernel that has parameters. */
export function call<S extends Signature, P>(
  kernel: Kernel<S, P>,
  operands: OperandsOf<NoInfer<S>>,
  params: NoInfer<P>,
): AnyKernelCall;
export function call<S extends Signature, P>(
  kernel: Kernel<S, P>,
  operands: OperandsOf<S>,
  params?: P,
): AnyKernelCall {
  return { kind: "kernel", kernel, operands, params };
}

/** The options of a dispatch. */
export interface DispatchOptions<
  Bindings extends string,
  Constants extends Record<string, number | undefined>,
> extends Omit<Dispatch, "kind" | "entryPoint" | "bind" | "constants"> {
  /** The operands of the bindings, by their names in the source. */
  readonly bind: Readonly<Record<Bindings, Operand | Texture>>;
  /** Values of `override` constants and of the members of uniform variables. */
  readonly constants: Readonly<Constants>;
}

/** A command that runs an entry point. */
export function dispatch<
  Bindings extends string,
  Constants extends Record<string, number | undefined>,
>(
  entryPoint: EntryPoint<Bindings, Constants>,
  options: DispatchOptions<NoInfer<Bindings>, NoInfer<Constants>>,
): Dispatch {
  return {
    kind: "dispatch",
    ...options,
    entryPoint,
    constants: options.constants as Record<string, number>,
  };
}

/** A buffer for what lies between the steps of a kernel. */
export class Scratch implements Operand {
  readonly buffer: Operand["buffer"];

  /**
   * A buffer that exists while its kernel runs.
   *
   * @param length Elements.
   * @param dtype What they are. Default f32.
   * @param isActivation Whether f32 elements are stored as the device stores
   * activations, in f16 maybe. Default false.
   */
  constructor(
    length: number,
    dtype: DType = "f32",
    readonly isActivation = false,
  ) {
    this.buffer = { dtype, length };
  }
}

/**
 * A buffer that a recorded program keeps from replay to replay, zeros at first:
 * for what follows from operands that seldom change. For WebAssembly functions.
 */
export class Cache extends Scratch {}

/**
 * Memory that WebGPU kernels read four numbers at a time, for what one dispatch
 * leaves for the next. Kernels run in order, and whoever reads a texture has had
 * it written just before: all share those of the same name and size.
 */
export class Texture {
  /**
   * The texture of this name and size.
   *
   * @param name What it is for.
   * @param texels Fours of numbers.
   */
  constructor(readonly name: string, readonly texels: number) {}
}

/**
 * Mesa's processor driver (llvmpipe 22.3) leaves loops without an error when an
 * invocation has made 65,535 iterations of all of its loops together.
 */
export const iterationLimit = 65_535;

/** The most workgroups along one dimension of a dispatch. */
export const workgroupLimit = 65_535;

/**
 * Workgroups that cover `count` items in a line, folded into rows where there
 * are more than one dimension may have: `lib/grid.wgsl` finds the item.
 *
 * @param size Items of a workgroup.
 */
export function workgroupsFor(count: number, size: number): Workgroups {
  const groups = Math.max(1, Math.ceil(count / size));
  const rows = Math.ceil(groups / workgroupLimit);
  return [Math.ceil(groups / rows), rows, 1];
}

/** The options of a call: how it is split and counted. */
export interface WasmWork {
  /**
   * About how many operations it is: little work stays on one thread, and 0
   * always does, as for a function that has but one part. Worked out from the
   * shape alone, so that results don't depend on anything else. Default 0.
   */
  readonly work?: number;
  /** The name in a profile. Default: the function's name. */
  readonly label?: string;
  /** The cost, for a profile. Default: the kernel's, if it is its only step. */
  readonly cost?: Partial<KernelCost>;
}

/** How an argument of a WebAssembly function is passed, in a word of 32 bits. */
export type WasmType = "pointer" | "i32" | "u32" | "f32" | "bool";

/** The arguments of a WebAssembly function, from the class that its source declares. */
export type WasmArguments<Layout extends Readonly<Record<string, WasmType>>> = {
  readonly [Name in keyof Layout]: Layout[Name] extends "pointer"
    ? Operand | number | null
    : Layout[Name] extends "bool" ? boolean
    : number;
};

/** A function of the WebAssembly module: makes its calls. */
export type WasmFunction<Layout extends Readonly<Record<string, WasmType>>> = (
  args: WasmArguments<Layout>,
  work?: WasmWork,
) => WasmCall;

/**
 * A function of the WebAssembly module, from its name and the layout of its
 * arguments; generated from the AssemblyScript source.
 */
export function wasmFunction<
  const Layout extends Readonly<Record<string, WasmType>>,
>(name: string, layout: Layout): WasmFunction<Layout> {
  const fields = Object.entries(layout);
  return (args, { cost, label, work = 0 } = {}) => ({
    kind: "wasm",
    function: name,
    words: fields.map(([field, type]) => word(type, args[field])),
    work,
    label,
    cost,
  });
}

const bits = new DataView(new ArrayBuffer(4));

function word(
  type: WasmType,
  value: Operand | number | boolean | null,
): number | Operand | null {
  if (typeof value === "boolean") return Number(value);
  if (type !== "f32") return value;
  bits.setFloat32(0, value as number);
  return bits.getInt32(0);
}

/** Runs the references of the parts, on scratch arrays of the caller's type. */
function composedReference<S extends Signature, P>(
  compose: (operands: OperandsOf<S>, params: P) => readonly AnyKernelCall[],
  arrays: ArraysOf<S>,
  params: P,
): void {
  const given = Object.entries<NumberArray | null>(arrays);
  const arrayOf = new Map<Operand, NumberArray>();
  const operands = Object.fromEntries(given.map(([name, array]) => {
    if (array === null) return [name, null];
    const operand = { buffer: { dtype: dtypeOf(array), length: array.length } };
    arrayOf.set(operand, array);
    return [name, operand];
  })) as OperandsOf<S>;
  const isDouble = given.some(([, array]) => array instanceof Float64Array);
  const arrayFor = (operand: Operand | null) => {
    if (operand === null) return null;
    const known = arrayOf.get(operand);
    if (known !== undefined) return known;
    const made = scratchArray(operand.buffer, isDouble);
    arrayOf.set(operand, made);
    return made;
  };
  for (const step of compose(operands, params)) {
    const own = Object.entries<Operand | null>(step.operands)
      .map(([name, operand]) => [name, arrayFor(operand)]);
    step.kernel.reference(Object.fromEntries(own), step.params);
  }
}

function scratchArray(
  { dtype, length }: Operand["buffer"],
  isDouble: boolean,
): NumberArray {
  if (dtype === "i32") return new Int32Array(length);
  if (dtype === "u8") return new Uint8Array(length);
  return isDouble ? new Float64Array(length) : new Float32Array(length);
}

function dtypeOf(array: NumberArray): DType {
  if (array instanceof Int32Array) return "i32";
  return array instanceof Uint8Array ? "u8" : "f32";
}
