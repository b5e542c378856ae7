import type { Dispatch, Operand } from "../kernel.ts";
import type { EntryPoint } from "../wgsl.ts";
import { elementwise } from "./elementwise.ts";
import { module as template } from "./map.gen.ts";
import { withAddition } from "./template.ts";

/** WGSL that computes an element, and what it needs. */
export interface MapExpression {
  /** The name in errors: `sigmoid`. */
  readonly name: string;
  /** An expression of the variables. */
  readonly expression: string;
  /**
   * The variables, each with the index of its element: that of the output, or
   * that of one of the two operands that may be broadcast.
   */
  readonly variables: Readonly<Record<string, "index" | "left" | "right">>;
  /** Functions and constants that the expression uses. Default: none. */
  readonly functions?: string;
  /**
   * The type of variables and expression: `u32` for the bits of an f32. Default
   * f32.
   */
  readonly element?: "f32" | "u32";
}

/** What a dispatch of a {@linkcode MapExpression} runs on. */
export interface MapOperands {
  /** The operand of each variable; others than the expression names are not bound. */
  readonly variables: Readonly<Record<string, Operand | null>>;
  /** The output. */
  readonly output: Operand;
  /**
   * Sizes and strides, see {@linkcode broadcastAxes}. Null where operands
   * have the output's length, or one element.
   */
  readonly axes?: Operand | null;
  /** Constants that the functions declare by `override`. */
  readonly constants?: Readonly<Record<string, number>>;
}

/**
 * Makes the commands that compute an expression for each element of an output.
 * The module is put together at the first of them.
 */
export function mapDispatch(
  definition: MapExpression,
): (operands: MapOperands) => Dispatch {
  const { expression, name, variables } = definition;
  const used = Object.keys(variables).filter((variable) =>
    names(expression, variable)
  );
  let entryPoints: Readonly<Record<string, EntryPoint>> | null = null;
  return ({ constants, axes = null, output, variables: operands }) => {
    entryPoints ??= entryPointsOf(definition, used);
    const { length } = output.buffer;
    const steps: Record<string, number> = {};
    const given = used.map((variable): [string, Operand] => {
      const operand = operands[variable];
      if (!operand) throw new TypeError(`${name}: no operand for ${variable}`);
      return [variable, operand];
    });
    const isWhole = given.every(([, { buffer }]) => buffer.length === length);
    if (axes === null && isWhole && length % 4 === 0) {
      const bind: Record<string, Operand> = { fours: output };
      for (const [variable, one] of given) bind[`${variable}Fours`] = one;
      return elementwise(entryPoints.flatFours, length / 4, bind, constants);
    }
    const bind: Record<string, Operand> = { output };
    for (const [variable, operand] of given) {
      bind[`${variable}Values`] = operand;
      const index = variables[variable];
      const isScalar = axes === null && index !== "index" &&
        operand.buffer.length !== length;
      if (isScalar) steps[`${index}Step`] = 0;
    }
    if (axes !== null) bind.axes = axes;
    const entryPoint = entryPoints[axes === null ? "flat" : "broadcast"];
    return elementwise(entryPoint, length, bind, { ...steps, ...constants });
  };
}

/** Whether an expression names a variable: what it does not name is not read. */
export function names(expression: string, variable: string): boolean {
  return new RegExp(`\\b${variable}\\b`).test(expression);
}

/** The entry points of the template, with what an expression adds to it. */
function entryPointsOf(
  { element = "f32", expression, functions, name, variables }: MapExpression,
  used: readonly string[],
): Readonly<Record<string, EntryPoint>> {
  const bindings = used.flatMap((variable, at) => {
    const declared = `@group(0) @binding(${at + 2}) var<storage, read> `;
    return [
      `${declared}${variable}Values: array<${element}>;`,
      `${declared}${variable}Fours: array<vec4<${element}>>;`,
    ];
  });
  const parameters = used.map((variable) => `${variable}: ${element}`);
  const values = used.map((variable) =>
    `${variable}Values[${variables[variable]}]`
  );
  const fours = ["x", "y", "z", "w"].map((part) =>
    `resultOf(${used.map((name) => `${name}Four.${part}`)})`
  );
  const before = [
    `alias Element = ${element};`,
    ...bindings,
    "fn resultAt(index: u32, left: u32, right: u32) -> Element {",
    `  return resultOf(${values});`,
    "}",
    "fn foursAt(index: u32) -> vec4<Element> {",
    ...used.map((name) => `  let ${name}Four = ${name}Fours[index];`),
    `  return vec4<Element>(${fours});`,
    "}",
    `fn resultOf(${parameters}) -> Element {`,
    "  return",
  ].join("\n");
  const after = ";\n}";
  return withAddition(template, { name, before, expression, after, functions });
}
