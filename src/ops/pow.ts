import { orderFunctions, orderOfInfinity } from "../../kernels/lib/order.ts";
import { binary, type BinaryOperation } from "./binary.ts";
import { sqrt } from "./sqrt.ts";

/**
 * `a ** b` as C has it, `powOf`, and its gradients. Whole exponents up to 32 are
 * products, each rounded; others, with the logarithm of WGSL, are off by some
 * 1e-7 · |b · log₂ a| of the value.
 */
const functions = `${orderFunctions}
const one = 0x3f800000;
const infinity = ${orderOfInfinity};

// A call gives what WGSL refuses as a constant: infinities and NaN.
fn withBits(bits: u32) -> f32 { return bitcast<f32>(bits); }

fn powOf(a: f32, b: f32) -> f32 {
  if (orderOf(b) == 0 || orderOf(a) == one) { return 1.0; }
  if (isNan(a)) { return a; }
  if (isNan(b)) { return b; }
  let isWhole = floor(b) == b || isInfinite(b);
  if (orderOf(a) < 0 && !isInfinite(a) && !isWhole) {
    return withBits(0x7fc00000u);
  }
  // Above 2^24 all numbers are even.
  let isOdd = isWhole && abs(b) < 16777216.0 && fract(b * 0.5) != 0.0;
  let sign = select(0u, bitcast<u32>(a) & 0x80000000u, isOdd);
  return withBits(bitcast<u32>(powOfSize(abs(a), b)) | sign);
}

fn isInfinite(x: f32) -> bool { return orderOf(abs(x)) == infinity; }

fn powOfSize(a: f32, b: f32) -> f32 {
  let rises = (orderOf(a) > one) == (orderOf(b) > 0);
  if (orderOf(a) == 0 || isInfinite(a) || isInfinite(b)) {
    if (orderOf(a) == one) { return a; }
    return withBits(select(0u, ${orderOfInfinity}u, rises));
  }
  if (floor(b) != b || abs(b) > 32.0) { return exp2(b * log2(a)); }
  var result = 1.0;
  var factor = select(a, 1.0 / a, b < 0.0);
  for (var rest = u32(abs(b)); rest > 0u; rest >>= 1u) {
    if ((rest & 1u) == 1u) { result *= factor; }
    if (rest > 1u) { factor *= factor; }
  }
  return result;
}

fn leftGradient(g: f32, a: f32, b: f32) -> f32 {
  if (orderOf(b) == 0) { return 0.0; }
  return g * (b * powOf(a, b - 1.0));
}

fn rightGradient(g: f32, a: f32, b: f32, y: f32) -> f32 {
  let order = orderOf(a);
  if (order == 0 && orderOf(b) >= 0 && !isNan(b)) { return 0.0; }
  if (order < 0) { return withBits(0x7fc00000u); }
  if (order == 0) { return g * (y * withBits(0xff800000u)); }
  if (order >= infinity) { return g * (y * a); }
  return g * (y * log(a));
}
`;

const power: BinaryOperation = /* @__PURE__ */ binary({
  name: "pow",
  reference: {
    value: powerOf,
    left: (g, a, b) => b === 0 ? 0 : g * (b * powerOf(a, b - 1)),
    right: (g, a, b, y) => a === 0 && b >= 0 ? 0 : g * (y * Math.log(a)),
  },
  wgsl: {
    value: "powOf(a, b)",
    left: "leftGradient(g, a, b)",
    right: "rightGradient(g, a, b, y)",
    functions,
  },
});

/**
 * `base ** exponent`, elementwise, broadcast by NumPy's rules: NaN where the base
 * is below 0 and the exponent not whole.
 *
 * @example
 * ```ts
 * import { openDevice, pow, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, -3], [3]);
 * using cubes = pow(x, 3);
 * assertEquals(await cubes.data(), new Float32Array([1, 8, -27]));
 * using powers = pow(2, x);
 * assertEquals(await powers.data(), new Float32Array([2, 4, 0.125]));
 * ```
 *
 * @category Elementwise operations
 */
export const pow: BinaryOperation = ((
  base: Parameters<BinaryOperation>[0],
  exponent: Parameters<BinaryOperation>[1],
) =>
  // As in PyTorch, which gives NaN for −∞, where C has ∞.
  exponent === 0.5 && typeof base !== "number"
    ? sqrt(base)
    : power(base, exponent)) as BinaryOperation;

/** C's pow(): JavaScript has NaN for 1 ** NaN and for ±1 ** ±∞. */
function powerOf(a: number, b: number): number {
  const isOne = a === 1 || (a === -1 && Math.abs(b) === Infinity);
  return isOne ? 1 : a ** b;
}
