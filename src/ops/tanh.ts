import { unary, type UnaryOperation } from "./unary.ts";

/**
 * The hyperbolic tangent, elementwise.
 *
 * @example
 * ```ts
 * import { openDevice, tanh, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [0, 50, -50], [3]);
 * using y = tanh(x);
 * assertEquals(await y.data(), new Float32Array([0, 1, -1]));
 * ```
 */
export const tanh: UnaryOperation = unary({
  name: "tanh",
  reference: {
    value: Math.tanh,
    gradient: (g, _x, y) => g * (1 - y * y),
  },
  wgsl: {
    value: "tanhOf(x)",
    gradient: "g * (1.0 - y * y)",
    // WGSL's own may overflow, and near 0 loses most digits on some drivers.
    functions: `
fn tanhOf(x: f32) -> f32 {
  let square = x * x;
  let series = x * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0)));
  let small = exp(-2.0 * abs(x));
  let large = (1.0 - small) / (1.0 + small);
  return select(select(-large, large, x >= 0.0), series, abs(x) < 0.05);
}
`,
  },
});
