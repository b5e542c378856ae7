import { erfc, erfcFunction } from "../../kernels/lib/erfc.ts";
import { sigmoidFunction } from "../../kernels/lib/sigmoid.ts";
import { checkOptions } from "../base/options.ts";
import { describe } from "../base/errors.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import type { GeluOptions } from "../core/tensor_methods.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/** 1 / √2, 1 / √(2π) and √(2/π). */
const halfRoot = Math.SQRT1_2;
const density = 1 / Math.sqrt(2 * Math.PI);
const tanhScale = Math.sqrt(2 / Math.PI);

const exact: UnaryOperation = unary({
  name: "gelu",
  reference: {
    value: (x) => x * (0.5 * erfc(-x * halfRoot)),
    gradient: (g, x) =>
      g * (0.5 * erfc(-x * halfRoot) + x * density * Math.exp(-x * x / 2)),
  },
  wgsl: {
    value: `x * (0.5 * erfc(x * ${-halfRoot}))`,
    gradient: `g * (0.5 * erfc(x * ${-halfRoot}) +
  x * (${density} * exp(-0.5 * x * x)))`,
    functions: erfcFunction,
  },
});

const byTanh: UnaryOperation = unary({
  name: "geluTanh",
  reference: {
    value: (x) => 0.5 * x * (1 + Math.tanh(inner(x))),
    gradient(g, x) {
      const tanh = Math.tanh(inner(x));
      const slope = tanhScale * (1 + 3 * 0.044715 * x * x);
      return g * (0.5 * (1 + tanh) + 0.5 * x * ((1 - tanh * tanh) * slope));
    },
  },
  wgsl: {
    // (1 + tanh z) / 2 is the logistic function of 2 z.
    value: "x * sigmoid(2.0 * inner(x))",
    gradient: "gradientOf(g, x)",
    functions: `${sigmoidFunction}
fn inner(x: f32) -> f32 {
  return ${tanhScale} * (x + 0.044715 * x * x * x);
}

fn gradientOf(g: f32, x: f32) -> f32 {
  let s = sigmoid(2.0 * inner(x));
  let slope = ${tanhScale} * (1.0 + ${3 * 0.044715} * x * x);
  return g * (s + 2.0 * x * (s * (1.0 - s) * slope));
}
`,
  },
});

function inner(x: number): number {
  return tanhScale * (x + 0.044715 * x * x * x);
}

/**
 * The Gaussian error linear unit, elementwise: `x · Φ(x)`, with the distribution
 * function Φ of the normal distribution (Hendrycks and Gimpel, 2016).
 *
 * @param x Any shape.
 * @param options Whether it is approximated by
 * `x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2`, as GPT-2 has it.
 * @returns The shape of `x`.
 * @throws {TypeError} If the elements are not f32, or there is another option.
 * @throws {RangeError} If `approximate` is neither `"none"` nor `"tanh"`.
 *
 * @example
 * ```ts
 * import { gelu, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1], [1]);
 * using y = gelu(x);
 * assertAlmostEquals(await y.item(), 0.841345, 1e-6);
 * using z = gelu(x, { approximate: "tanh" });
 * assertAlmostEquals(await z.item(), 0.841192, 1e-6);
 * ```
 */
export function gelu<S extends Shape>(
  x: Tensor<S>,
  options: GeluOptions = {},
): Tensor<S> {
  checkOptions("gelu", options, ["approximate"]);
  const { approximate = "none" } = options;
  checkApproximate("gelu", approximate);
  return approximate === "none" ? exact(x) : byTanh(x);
}

/** Throws unless it is one of the two. */
export function checkApproximate(what: string, approximate: string): void {
  if (approximate === "none" || approximate === "tanh") return;
  throw new RangeError(describe({
    what: `${what}: approximate`,
    expected: '"none" or "tanh"',
    got: String(approximate),
    help: "Leave it out for the function itself.",
  }));
}
