import {
  type Kernel,
  kernel,
  type Operand,
  type WasmCall,
  type WasmFunction,
} from "../kernel.ts";
import { expandedOperands } from "./axes.ts";
import { mapDispatch, names } from "./map.ts";

/** A function of two numbers, and its gradients. See {@linkcode binaryKernels}. */
export interface BinaryDefinition {
  /** The name in errors and profiles. */
  readonly name: string;
  /** The arithmetic in double precision, by which all else is measured. */
  readonly reference: {
    /** `y` from `a`, on the left, and `b`, on the right. */
    value(a: number, b: number): number;
    /** The gradient with respect to `a` from `g`, that with respect to `y`. */
    left(g: number, a: number, b: number, y: number): number;
    /** The gradient with respect to `b`. */
    right(g: number, a: number, b: number, y: number): number;
  };
  /** The arithmetic as WGSL. */
  readonly wgsl: {
    /** An expression of `a` and `b`. */
    readonly value: string;
    /** An expression of `g`, `a`, `b` and `y`; what it does not name is not read. */
    readonly left: string;
    /** The same for the gradient with respect to `b`. */
    readonly right: string;
    /** Functions that these use. Default: none. */
    readonly functions?: string;
  };
  /**
   * Functions of the WebAssembly module, and calls of them for the gradients.
   * Default: none, and the reference runs.
   */
  readonly simd?: {
    /** `output = value(left, right)`. */
    readonly value: BroadcastFunction;
    /** The gradient with respect to `left`. */
    left?(operands: BinaryGradientOperands): readonly WasmCall[];
    /** The gradient with respect to `right`. */
    right?(operands: BinaryGradientOperands): readonly WasmCall[];
  };
}

/** A function of two operands that are broadcast: see `lib/simd/broadcast.ts`. */
export type BroadcastFunction = WasmFunction<{
  readonly left: "pointer";
  readonly right: "pointer";
  readonly axes: "pointer";
  readonly output: "pointer";
  readonly length: "i32";
  readonly axisWords: "i32";
  readonly leftIsWhole: "i32";
  readonly rightIsWhole: "i32";
}>;

/** The operands of a {@linkcode BroadcastFunction}. */
export interface BroadcastOperands {
  /** Of the output's length, of one element, or broadcast along the axes. */
  readonly left: Operand;
  /** The same. */
  readonly right: Operand;
  /** See {@linkcode BinaryKernels.forward}. */
  readonly axes: Operand | null;
  /** The output. */
  readonly output: Operand;
}

/** What its gradients are called with; null is what an expression does not name. */
export interface BinaryGradientOperands {
  /** Gradient with respect to the output. */
  readonly gradOutput: Operand;
  /** The operand on the left. */
  readonly left: Operand | null;
  /** The operand on the right. */
  readonly right: Operand | null;
  /** The output. */
  readonly output: Operand | null;
  /** See {@linkcode BinaryKernels.forward}. */
  readonly axes: Operand | null;
  /** What it writes: a gradient for each element of the output. */
  readonly gradient: Operand;
}

/** A call of a function of two operands that are broadcast. */
export function broadcastCall(
  make: BroadcastFunction,
  operands: BroadcastOperands,
): WasmCall {
  const { axes, left, output, right } = operands;
  const { length } = output.buffer;
  return make({
    ...operands,
    length,
    axisWords: axes?.buffer.length ?? 0,
    leftIsWhole: Number(left.buffer.length === length),
    rightIsWhole: Number(right.buffer.length === length),
  }, { work: length });
}

/** The gradient of a function of two numbers with respect to one of them. */
export interface BinaryGradient {
  /** Which operands its expression names; the others may be null. */
  readonly saved: {
    /** Whether it names `a`. */
    readonly left: boolean;
    /** Whether it names `b`. */
    readonly right: boolean;
    /** Whether it names `y`. */
    readonly output: boolean;
  };
  /**
   * `gradient = …` for each element of the output: where an operand was
   * broadcast, its gradient is the sum of these over the broadcast axes.
   */
  readonly kernel: Kernel<
    {
      readonly gradOutput: "read";
      readonly left: "read?";
      readonly right: "read?";
      readonly output: "read?";
      readonly axes: "read?";
      readonly gradient: "write";
    },
    void
  >;
}

/** The kernels of a function of two numbers. */
export interface BinaryKernels {
  /**
   * `output = value(left, right)`. Without `axes` each operand has the output's
   * length, or one element; with them it is broadcast, see
   * {@linkcode broadcastAxes}.
   */
  readonly forward: Kernel<
    {
      readonly left: "read";
      readonly right: "read";
      readonly axes: "read?";
      readonly output: "write";
    },
    void
  >;
  /** The gradient with respect to `left`; null where it is that of the output. */
  readonly left: BinaryGradient | null;
  /** The gradient with respect to `right`; null where it is that of the output. */
  readonly right: BinaryGradient | null;
}

/** Makes the kernels of both devices from a line of arithmetic and its gradients. */
export function binaryKernels(definition: BinaryDefinition): BinaryKernels {
  const { name, reference, simd, wgsl } = definition;
  const dispatch = mapDispatch({
    name,
    functions: wgsl.functions,
    expression: wgsl.value,
    variables: { a: "left", b: "right" },
  });
  return {
    forward: kernel({
      name,
      operands: { left: "read", right: "read", axes: "read?", output: "write" },
      reference({ axes, left, output, right }) {
        const [a, b] = expandedOperands(axes, output.length, [left, right]);
        for (let i = 0; i < output.length; i++) {
          output[i] = reference.value(a[i], b[i]);
        }
      },
      webgpu: ({ axes, left: a, output, right: b }) => [
        dispatch({ variables: { a, b }, axes, output }),
      ],
      wasm: simd && ((operands) => [broadcastCall(simd.value, operands)]),
    }),
    left: gradientOf(definition, "left"),
    right: gradientOf(definition, "right"),
  };
}

function gradientOf(
  { name, reference, simd, wgsl }: BinaryDefinition,
  side: "left" | "right",
): BinaryGradient | null {
  const expression = wgsl[side];
  if (expression === "g") return null;
  const label = `${name}${side === "left" ? "Left" : "Right"}Gradient`;
  const dispatch = mapDispatch({
    name: label,
    functions: wgsl.functions,
    expression,
    variables: { g: "index", a: "left", b: "right", y: "index" },
  });
  return {
    saved: {
      left: names(expression, "a"),
      right: names(expression, "b"),
      output: names(expression, "y"),
    },
    kernel: kernel({
      name: label,
      operands: {
        gradOutput: "read",
        left: "read?",
        right: "read?",
        output: "read?",
        axes: "read?",
        gradient: "write",
      },
      reference({ axes, gradOutput, gradient, left, output, right }) {
        const [a, b] = expandedOperands(axes, gradient.length, [left, right]);
        for (let i = 0; i < gradient.length; i++) {
          gradient[i] = reference[side](
            gradOutput[i],
            a === null ? NaN : a[i],
            b === null ? NaN : b[i],
            output === null ? NaN : output[i],
          );
        }
      },
      webgpu: ({ axes, gradOutput, gradient, left, output, right }) => [
        dispatch({
          variables: { g: gradOutput, a: left, b: right, y: output },
          axes,
          output: gradient,
        }),
      ],
      wasm: simd?.[side],
    }),
  };
}
