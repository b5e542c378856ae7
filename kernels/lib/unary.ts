import {
  type Kernel,
  kernel,
  type Operand,
  type WasmCall,
  type WasmWork,
} from "../kernel.ts";
import { mapDispatch, names } from "./map.ts";

/** Numbers that a function of one number depends on, by name. */
export type UnaryParameters = Readonly<Record<string, number>>;

/**
 * A function of one number, and its gradient. See {@linkcode unaryKernels}.
 *
 * @typeParam P Its parameters; void where it has none.
 */
export interface UnaryDefinition<P extends UnaryParameters | void = void> {
  /** The name in errors and profiles. */
  readonly name: string;
  /**
   * The parameters' default values, in the order of the arguments. Default: no
   * parameters.
   */
  readonly parameters?: P;
  /** The arithmetic in double precision, by which all else is measured. */
  readonly reference: {
    /** `y` from `x`. */
    value(x: number, parameters: P): number;
    /** The gradient with respect to `x` from `g`, that with respect to `y`. */
    gradient(g: number, x: number, y: number, parameters: P): number;
  };
  /** The arithmetic as WGSL. */
  readonly wgsl: {
    /** An expression of `x`. */
    readonly value: string;
    /** An expression of `g`, `x` and `y`; what it does not name is not read. */
    readonly gradient: string;
    /**
     * Functions that both use, and the `override` constants that are the
     * parameters. Default: none.
     */
    readonly functions?: string;
    /**
     * The constants, which must be finite: each set of them is a pipeline.
     * Default: the parameters by their names.
     */
    constants?(parameters: P): UnaryParameters;
    /** `u32` where the expressions take and give the bits of f32. Default f32. */
    readonly element?: "f32" | "u32";
  };
  /** Functions of the WebAssembly module. Default: none, and the reference runs. */
  readonly simd?: {
    /** `output = value(x)`. */
    value(args: UnaryArguments, work: WasmWork): WasmCall;
    /** `gradX = gradient(gradOutput, x, output)`. */
    gradient(args: UnaryGradientArguments, work: WasmWork): WasmCall;
  };
}

/** What a SIMD function of one operand is called with. */
export interface UnaryArguments {
  /** What it reads. */
  readonly x: Operand;
  /** The output. */
  readonly output: Operand;
  /** Elements of each. */
  readonly length: number;
}

/** What its gradient is called with. */
export interface UnaryGradientArguments {
  /** Gradient with respect to the output. */
  readonly gradOutput: Operand;
  /** See {@linkcode UnaryKernels.saved}. */
  readonly x: Operand | null;
  /** See {@linkcode UnaryKernels.saved}. */
  readonly output: Operand | null;
  /** What it writes: the gradient with respect to `x`. */
  readonly gradX: Operand;
  /** Elements of each. */
  readonly length: number;
}

/** The kernels of a function of one number. */
export interface UnaryKernels<P extends UnaryParameters | void = void> {
  /** See {@linkcode UnaryDefinition.parameters}. */
  readonly parameters?: P;
  /** Whether the gradient's expression names `x` and `y`. */
  readonly saved: { readonly x: boolean; readonly output: boolean };
  /** `output = value(x)`, element by element. */
  readonly forward: Kernel<
    { readonly x: "read"; readonly output: "write" },
    P
  >;
  /**
   * `gradX = gradient(gradOutput, x, output)`, element by element; `x` and
   * `output` may be null where they are not {@linkcode UnaryKernels.saved}.
   */
  readonly gradient: Kernel<
    {
      readonly gradOutput: "read";
      readonly x: "read?";
      readonly output: "read?";
      readonly gradX: "write";
    },
    P
  >;
}

/** Makes the kernels of both devices from a line of arithmetic and its gradient. */
export function unaryKernels<P extends UnaryParameters | void = void>(
  { name, parameters, reference, simd, wgsl }: UnaryDefinition<P>,
): UnaryKernels<P> {
  const { element, functions } = wgsl;
  const constantsOf = (values: P) => wgsl.constants?.(values) ?? values ?? {};
  const valueDispatch = mapDispatch({
    name,
    element,
    functions,
    expression: wgsl.value,
    variables: { x: "index" },
  });
  const gradientDispatch = mapDispatch({
    name: `${name}Gradient`,
    element,
    functions,
    expression: wgsl.gradient,
    variables: { g: "index", x: "index", y: "index" },
  });
  return {
    parameters,
    saved: {
      x: names(wgsl.gradient, "x"),
      output: names(wgsl.gradient, "y"),
    },
    forward: kernel({
      name,
      operands: { x: "read", output: "write" },
      reference({ output, x }, values) {
        for (let i = 0; i < output.length; i++) {
          output[i] = reference.value(x[i], values);
        }
      },
      webgpu({ output, x }, values) {
        const constants = constantsOf(values);
        return [valueDispatch({ variables: { x }, output, constants })];
      },
      wasm: simd && (({ output, x }) => {
        const { length } = output.buffer;
        return [simd.value({ x, output, length }, { work: length })];
      }),
    }),
    gradient: kernel({
      name: `${name}Gradient`,
      operands: {
        gradOutput: "read",
        x: "read?",
        output: "read?",
        gradX: "write",
      },
      reference({ gradOutput, gradX, output, x }, values) {
        for (let i = 0; i < gradX.length; i++) {
          gradX[i] = reference.gradient(
            gradOutput[i],
            x === null ? NaN : x[i],
            output === null ? NaN : output[i],
            values,
          );
        }
      },
      webgpu: ({ gradOutput: g, gradX, output: y, x }, values) => [
        gradientDispatch({
          variables: { g, x, y },
          output: gradX,
          constants: constantsOf(values),
        }),
      ],
      wasm: simd && ((operands) => {
        const { length } = operands.gradX.buffer;
        return [simd.gradient({ ...operands, length }, { work: length })];
      }),
    }),
  };
}
