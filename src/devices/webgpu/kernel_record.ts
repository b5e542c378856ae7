import type { Dispatch, KernelCost } from "../../../kernels/kernel.ts";
import type { Binding } from "../../../kernels/wgsl.ts";
import type { Operand } from "../device.ts";
import type { WebGpuTexture } from "./_textures.ts";

/**
 * How a kernel uses a buffer: only reads it, or writes (and maybe reads) it; and
 * how it uses a texture: only reads it, or only writes it.
 */
export type Access = "read" | "write" | "readTexture" | "writeTexture";

/** Workgroups along x, y and z, each at most 65,535. */
export type Workgroups = readonly [x: number, y: number, z: number];

/** A WebGPU kernel as a plain record; one place turns it into a pipeline. */
export interface KernelRecord<Shape> {
  /** The method of `Kernels` that it serves: errors name it. */
  readonly name: string;
  /** The WGSL source. */
  readonly source: string;
  /** The file of the source, relative to the package: errors name it. */
  readonly file: string;
  /** The function of the source that runs. */
  readonly entryPoint: string;
  /** Buffers and textures in the order of `@binding`, all in `@group(0)`. */
  readonly bindings: readonly Access[];
  /**
   * Names that the source uses for the type of elements that may be stored in
   * f16, with the binding that has these elements: null where this entry point
   * has none. A kernel without it is given f32 alone.
   */
  readonly halves?: Readonly<Record<string, number | null>>;
  /** The source's `override` constants. Each distinct set is a pipeline. */
  constants(shape: Shape): Record<string, number>;
  /** How many workgroups cover the output. */
  workgroups(shape: Shape): Workgroups;
  /**
   * The most passes that an invocation makes, through all of its loops together,
   * where a long input may make them many: see {@linkcode mostPasses}.
   */
  passes?(shape: Shape): number;
  /**
   * What a run costs, for the profile. By default no operations, and the bytes
   * of all bound buffers.
   */
  cost?(shape: Shape): Partial<KernelCost>;
}

/** Starts a kernel on operands given in the order of its bindings. */
export type Run = <Shape>(
  kernel: KernelRecord<Shape>,
  shape: Shape,
  operands: readonly (Operand | WebGpuTexture)[],
) => void;

/** The command that runs a kernel on operands. */
export function dispatchOf<Shape>(
  kernel: KernelRecord<Shape>,
  shape: Shape,
  operands: readonly (Operand | WebGpuTexture)[],
): Dispatch {
  const { file, halves = {}, source: code } = kernel;
  const names = Object.keys(halves);
  const bindings = kernel.bindings.map((access, index): Binding => ({
    name: String(index),
    index,
    access,
    element: names.find((name) => halves[name] === index) ?? null,
  }));
  return {
    kind: "dispatch",
    entryPoint: {
      module: { file, code, lines: [], elements: names },
      name: kernel.entryPoint,
      bindings,
    },
    bind: Object.fromEntries(
      operands.map((operand, index) => [index, operand as Operand]),
    ),
    constants: kernel.constants(shape),
    workgroups: kernel.workgroups(shape),
    iterations: kernel.passes?.(shape),
    cost: kernel.cost?.(shape),
  };
}

/**
 * Mesa's processor driver (llvmpipe 22.3) leaves loops without an error when an
 * invocation has made 65,535 passes through all of its loops together.
 */
export const mostPasses = 65_535;

/**
 * Workgroups that cover `count` items in a line, folded into rows where there
 * are more than one dimension may have. The kernel finds its item as
 * `(workgroup.y · rows.x + workgroup.x) · size + local`, where `rows` is
 * `num_workgroups`.
 */
export function line(count: number, size: number): Workgroups {
  const groups = Math.max(1, Math.ceil(count / size));
  const rows = Math.ceil(groups / 65535);
  return [Math.ceil(groups / rows), rows, 1];
}
