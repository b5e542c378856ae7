import { orderFunctions, orderOf } from "../../kernels/lib/order.ts";
import { describe } from "../base/errors.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { unary, type UnaryOperation } from "./unary.ts";

const clampBetween: UnaryOperation<[min?: number, max?: number]> =
  /* @__PURE__ */ unary({
    name: "clamp",
    parameters: { min: -Infinity, max: Infinity },
    reference: {
      value: (x, { max, min }) => Math.min(Math.max(x, min), max),
      gradient: (g, x, _y, { max, min }) => x >= min && x <= max ? g : 0,
    },
    wgsl: {
      value: "clampOf(x)",
      gradient: "select(0.0, g, isInside(x))",
      // No constant may be infinite: the order of a bound is a whole number.
      constants: ({ max, min }) => ({ low: orderOf(min), high: orderOf(max) }),
      functions: `
override low: i32;
override high: i32;
${orderFunctions}
fn isInside(x: f32) -> bool {
  return orderOf(x) >= low && orderOf(x) <= high && !isNan(x);
}

fn clampOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let order = min(max(orderOf(x), low), high);
  if (order == orderOf(x)) { return x; }
  return bitcast<f32>(select(order, bitcast<i32>(0x80000000u) - order, order < 0));
}
`,
    },
  });

/**
 * `min(max(x, min), max)`, elementwise. NaN stays NaN; where `min` is above
 * `max`, all becomes `max`. The gradient passes from `min` to `max`, both
 * included, and is 0 elsewhere, as in PyTorch.
 *
 * @param x Any shape.
 * @param min The lower bound; undefined or null for none.
 * @param max The upper bound. Default: none.
 * @returns The shape of `x`.
 * @throws {TypeError} If the elements are not f32, or there is no bound.
 * @throws {RangeError} If a bound is NaN.
 *
 * @example
 * ```ts
 * import { clamp, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [-2, 0.5, 3], [3]);
 * using y = clamp(x, 0, 1);
 * assertEquals(await y.data(), new Float32Array([0, 0.5, 1]));
 * using positive = clamp(x, 0);
 * assertEquals(await positive.data(), new Float32Array([0, 0.5, 3]));
 * ```
 *
 * @category Elementwise operations
 */
export function clamp<S extends Shape>(
  x: Tensor<S>,
  min?: number | null,
  max?: number | null,
): Tensor<S> {
  if (min === max && (min ?? null) === null) {
    throw new TypeError(describe({
      what: "clamp",
      expected: "min, max or both",
      got: "neither",
      help: "Give clamp(x, min, max), null for no bound.",
    }));
  }
  return clampBetween(x, min ?? undefined, max ?? undefined);
}
