import { type Kernel, kernel } from "../kernel.ts";
import { expandedOperands } from "./axes.ts";
import { mapDispatch } from "./map.ts";
import { orderFunctions } from "./order.ts";

/** A comparison of two numbers. See {@linkcode comparisonKernel}. */
export interface ComparisonDefinition {
  /** The name in errors and profiles. */
  readonly name: string;
  /** Whether it holds for `a`, on the left, and `b`. */
  holds(a: number, b: number): boolean;
  /** The operator in WGSL, which compares whole numbers. */
  readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">=";
}

/** A comparison, element by element, of operands that are both f32 or both i32. */
export type ComparisonKernel = Kernel<
  {
    readonly left: "read";
    readonly right: "read";
    readonly axes: "read?";
    readonly output: "write";
  },
  void
>;

/**
 * `output = left operator right`, f32: 1 where it holds and 0 elsewhere. Operands
 * and axes are those of {@linkcode binaryKernels}. Of NaN no comparison holds but
 * `!=`.
 */
export function comparisonKernel(
  { holds, name, operator }: ComparisonDefinition,
): ComparisonKernel {
  const variables = { a: "left", b: "right" } as const;
  const ofFloats = mapDispatch({
    name,
    expression: "compared(a, b)",
    variables,
    functions: `${orderFunctions}
fn compared(a: f32, b: f32) -> f32 {
  if (isNan(a) || isNan(b)) { return ${operator === "!=" ? "1.0" : "0.0"}; }
  return select(0.0, 1.0, orderOf(a) ${operator} orderOf(b));
}
`,
  });
  // The bits of i32 and f32 as u32: a module's elements are of one type.
  const ofIntegers = mapDispatch({
    name,
    element: "u32",
    expression: "compared(bitcast<i32>(a), bitcast<i32>(b))",
    variables,
    functions: `
fn compared(a: i32, b: i32) -> u32 {
  return bitcast<u32>(select(0.0, 1.0, a ${operator} b));
}
`,
  });
  return kernel({
    name,
    operands: { left: "read", right: "read", axes: "read?", output: "write" },
    reference({ axes, left, output, right }) {
      const [a, b] = expandedOperands(axes, output.length, [left, right]);
      for (let i = 0; i < output.length; i++) {
        output[i] = Number(holds(a[i], b[i]));
      }
    },
    webgpu({ axes, left: a, output, right: b }) {
      const dispatch = a.buffer.dtype === "i32" ? ofIntegers : ofFloats;
      return [dispatch({ variables: { a, b }, axes, output })];
    },
  });
}
