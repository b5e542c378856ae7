import { log1pFunction } from "../../kernels/lib/log1p.ts";
import { orderFunctions } from "../../kernels/lib/order.ts";
import { sigmoid, sigmoidFunction } from "../../kernels/lib/sigmoid.ts";
import { unary, type UnaryOperation } from "./unary.ts";

/**
 * `log(1 + exp(beta · x)) / beta`, elementwise, a smooth `relu`; `x` itself where
 * `beta · x` is above `threshold`. `beta` is 1 by default, `threshold` 20.
 *
 * @example
 * ```ts
 * import { openDevice, softplus, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [0, 30], [2]);
 * using y = softplus(x, 2);
 * assertEquals(await y.data(), new Float32Array([Math.LN2 / 2, 30]));
 * ```
 *
 * @category Elementwise operations
 */
export const softplus: UnaryOperation<[beta?: number, threshold?: number]> =
  /* @__PURE__ */ unary({
    name: "softplus",
    parameters: { beta: 1, threshold: 20 },
    reference: {
      value: (x, { beta, threshold }) => {
        const z = x * beta;
        if (z > threshold) return x;
        return (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))) / beta;
      },
      gradient: (g, x, _y, { beta, threshold }) =>
        x * beta > threshold ? g : g * sigmoid(x * beta),
    },
    wgsl: {
      value: "softplusOf(x)",
      gradient: "gradientOf(g, x)",
      functions: `
override beta: f32;
override threshold: f32;
${orderFunctions + sigmoidFunction + log1pFunction}
fn isAbove(z: f32) -> bool {
  return orderOf(z) > orderOf(threshold) && !isNan(z);
}

fn softplusOf(x: f32) -> f32 {
  let z = x * beta;
  if (isAbove(z)) { return x; }
  if (isNan(z)) { return z; }
  return (max(z, 0.0) + log1p(exp(-abs(z)))) / beta;
}

fn gradientOf(g: f32, x: f32) -> f32 {
  let z = x * beta;
  if (isAbove(z)) { return g; }
  return g * sigmoid(z);
}
`,
    },
  });
