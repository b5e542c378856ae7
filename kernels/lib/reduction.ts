import {
  type CpuTraits,
  type Dispatch,
  dispatch,
  type Kernel,
  kernel,
  type Operand,
  Scratch,
  type WasmCall,
  workgroupsFor,
} from "../kernel.ts";
import type { EntryPoint } from "../wgsl.ts";
import { broadcastIndices, offsetAlong } from "./axes.ts";
import { workgroupSize } from "./elementwise.ts";
import { mapDispatch, names } from "./map.ts";
import { module as template } from "./reduction.gen.ts";
import { withAddition } from "./template.ts";

/** Elements that an invocation combines before another workgroup is worth its while. */
const elementsEach = 16;

/** The most workgroups that share all elements, each with a result of its own. */
const mostGroups = 1024;

/** Invocations that make one element where some axes are reduced. */
const invocationsEach = 64;

/** A function that combines many numbers into one. See {@linkcode reductionKernels}. */
export interface ReductionDefinition {
  /** The name in errors and profiles. */
  readonly name: string;
  /** The arithmetic in double precision, by which all else is measured. */
  readonly reference: {
    /** What combines with any number to that number. */
    readonly initial: number;
    /** What of an element is combined. Default: the element itself. */
    term?(x: number): number;
    /** Combines two numbers; in which order numbers are combined is left open. */
    combine(total: number, x: number): number;
    /** The result, before the factor. Default: the total itself. */
    result?(total: number): number;
    /** The gradient with respect to each `x` from `g`, that with respect to `y`. */
    gradient(g: number, x: number, y: number): number;
  };
  /** The arithmetic as WGSL. */
  readonly wgsl: {
    /** A constant expression. */
    readonly initial: string;
    /** An expression of `x`. Default: `x`. */
    readonly term?: string;
    /** An expression of `total` and `x`. */
    readonly combine: string;
    /** An expression of `total`. Default: `total`. */
    readonly result?: string;
    /** An expression of `g`, `x` and `y`; what it does not name is not read. */
    readonly gradient: string;
  };
  /** Calls of the WebAssembly module where all elements are combined. Default: none. */
  readonly simd?: {
    /** `output[0] = factor · …`. */
    forward(
      operands: { x: Operand; output: Operand },
      factor: number,
      cpu: CpuTraits,
    ): readonly WasmCall[];
    /** `gradX[i] = factor · …`. */
    gradient(
      operands: { gradOutput: Operand; gradX: Operand },
      factor: number,
    ): readonly WasmCall[];
  };
}

/** What a result is multiplied by: `1 / count` makes a mean of a sum. */
export interface ReductionParams {
  /** The factor. */
  readonly factor: number;
}

/** The kernels of a reduction. */
export interface ReductionKernels {
  /** Which operands the gradient's expression names; the others may be null. */
  readonly saved: {
    /** Whether it names `x`. */
    readonly x: boolean;
    /** Whether it names `y`. */
    readonly output: boolean;
  };
  /**
   * All elements without `axes`, into one; some axes with them, see
   * {@linkcode reductionAxes}.
   */
  readonly forward: Kernel<
    {
      readonly x: "read";
      readonly axes: "read?";
      readonly output: "write";
    },
    ReductionParams
  >;
  /**
   * The gradient with respect to `x`. Without `axes` the output is one element;
   * with them, {@linkcode broadcastAxes}, it is broadcast to `x` as the left
   * operand.
   */
  readonly gradient: Kernel<
    {
      readonly gradOutput: "read";
      readonly x: "read?";
      readonly output: "read?";
      readonly axes: "read?";
      readonly gradX: "write";
    },
    ReductionParams
  >;
}

/** Makes the kernels of both devices from a line of arithmetic and its gradient. */
export function reductionKernels(
  definition: ReductionDefinition,
): ReductionKernels {
  return { forward: forwardOf(definition), ...reductionGradient(definition) };
}

function forwardOf(
  { name, reference, simd, wgsl }: ReductionDefinition,
): ReductionKernels["forward"] {
  const { combine, initial, result = (total) => total, term = (x) => x } =
    reference;
  let made: Readonly<Record<string, EntryPoint>> | null = null;
  const entryPoint = (wanted: string) => {
    made ??= withAddition(template, {
      name,
      before: `const initial: f32 = ${wgsl.initial};
fn termOf(x: f32) -> f32 {
  return ${wgsl.term ?? "x"};
}
fn resultOf(total: f32) -> f32 {
  return ${wgsl.result ?? "total"};
}
fn combine(total: f32, x: f32) -> f32 {
  return`,
      expression: wgsl.combine,
      after: ";\n}",
    });
    return made[wanted];
  };
  const all = (
    x: Operand,
    output: Operand,
    factor: number,
    groups: number,
    stage: { hasTerms?: number; hasResults?: number } = {},
  ): Dispatch =>
    dispatch(entryPoint("reduceAll"), {
      bind: { x, output },
      constants: { factor, workgroupSize, ...stage },
      workgroups: [groups, 1, 1],
    });
  return kernel({
    name,
    operands: { x: "read", axes: "read?", output: "write" },
    reference({ axes, output, x }, { factor }: ReductionParams) {
      const count = x.length / output.length;
      const reduced = axes === null ? 0 : 1 + 2 * axes[0];
      const offsets = Uint32Array.from(
        { length: count },
        (_, index) =>
          axes === null
            ? index
            : offsetAlong(axes, reduced, axes.length, index),
      );
      for (let item = 0; item < output.length; item++) {
        const start = axes === null ? 0 : offsetAlong(axes, 1, reduced, item);
        let total = initial;
        for (let i = 0; i < count; i++) {
          total = combine(total, term(x[start + offsets[i]]));
        }
        output[item] = factor * result(total);
      }
    },
    webgpu({ axes, output, x }, { factor }) {
      const { length } = x.buffer;
      if (axes !== null) {
        const items = output.buffer.length;
        const each = Math.ceil(length / items / invocationsEach);
        const words = axes.buffer.length;
        return [dispatch(entryPoint("reduceAxes"), {
          bind: { x, axes, output },
          constants: { factor, workgroupSize: invocationsEach },
          workgroups: workgroupsFor(items, 1),
          iterations: each * words + words + Math.log2(invocationsEach),
        })];
      }
      const wanted = Math.ceil(length / (workgroupSize * elementsEach));
      const groups = Math.min(wanted, mostGroups);
      if (groups === 1) return [all(x, output, factor, 1)];
      const partial = new Scratch(groups);
      return [
        all(x, partial, 1, groups, { hasResults: 0 }),
        all(partial, output, factor, 1, { hasTerms: 0 }),
      ];
    },
    wasm: simd && (({ axes, output, x }, { factor }, cpu) => {
      return axes === null ? simd.forward({ x, output }, factor, cpu) : null;
    }),
  });
}

/** The gradient alone, for an operation whose forward kernel is its own. */
export function reductionGradient(
  { name, reference, simd, wgsl }: {
    readonly name: string;
    readonly reference: Pick<ReductionDefinition["reference"], "gradient">;
    readonly wgsl: Pick<ReductionDefinition["wgsl"], "gradient">;
    readonly simd?: Pick<
      NonNullable<ReductionDefinition["simd"]>,
      "gradient"
    >;
  },
): Pick<ReductionKernels, "gradient" | "saved"> {
  const label = `${name}Gradient`;
  const dispatch = mapDispatch({
    name: label,
    functions: `struct Scaling {
  factor: f32,
}
@group(0) @binding(5) var<uniform> scaling: Scaling;
`,
    expression: `scaling.factor * (${wgsl.gradient})`,
    variables: { g: "left", x: "index", y: "left" },
  });
  const saved = {
    x: names(wgsl.gradient, "x"),
    output: names(wgsl.gradient, "y"),
  };
  const gradient: ReductionKernels["gradient"] = kernel({
    name: label,
    operands: {
      gradOutput: "read",
      x: "read?",
      output: "read?",
      axes: "read?",
      gradX: "write",
    },
    reference(
      { axes, gradOutput, gradX, output, x },
      { factor }: ReductionParams,
    ) {
      const [indices] = axes === null
        ? [null]
        : broadcastIndices(axes, gradX.length);
      for (let i = 0; i < gradX.length; i++) {
        const at = indices === null ? 0 : indices[i];
        gradX[i] = factor * reference.gradient(
          gradOutput[at],
          x === null ? NaN : x[i],
          output === null ? NaN : output[at],
        );
      }
    },
    webgpu: (
      { axes, gradOutput: g, gradX, output: y, x },
      { factor },
    ) => [
      dispatch({
        variables: { g, x, y },
        axes,
        output: gradX,
        constants: { factor },
      }),
    ],
    wasm: simd && (({ axes, gradOutput, gradX }, { factor }) => {
      return axes === null
        ? simd.gradient({ gradOutput, gradX }, factor)
        : null;
    }),
  });
  return { saved, gradient };
}
