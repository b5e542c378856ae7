/**
 * Normally distributed numbers of uniform ones, as PyTorch makes them on a CPU
 * with AVX2: the method of Box and Muller, with logarithm, sine and cosine by
 * the polynomials of Moshier's Cephes (1992).
 *
 * Eight pairs at a time, and all in f32. Where PyTorch multiplies and adds in
 * one rounding (FMA), `fma` rounds an f64, in which the product is exact.
 *
 * @module
 */

const { fround, sqrt } = Math;

/** Uniform numbers that become as many normal ones at a time. */
export const normalBlock = 16;

const bits = new DataView(new ArrayBuffer(4));

const logarithm = /* @__PURE__ */ Float32Array.of(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);
const sine = /* @__PURE__ */ Float32Array.of(
  -1.9515295891e-4,
  8.3321608736e-3,
  -1.6666654611e-1,
);
const cosine = /* @__PURE__ */ Float32Array.of(
  2.443315711809948e-5,
  -1.388731625493765e-3,
  4.166664568298827e-2,
);

/** ln 2 in two parts, the first of few digits. */
const [ln2High, ln2Low] = Float32Array.of(0.693359375, -2.1219444e-4);
/** −π / 4 in three parts, each with few digits but the last. */
const [quarterHigh, quarterMiddle, quarterLow] = Float32Array.of(
  -0.78515625,
  -2.4187564849853516e-4,
  -3.774894977445941e-8,
);
const [halfRoot, twoPi, perQuarter] = Float32Array.of(
  Math.SQRT1_2,
  2 * Math.PI,
  4 / Math.PI,
);

/**
 * Makes normal numbers of the uniform ones from `start` to `start + 16`, in
 * their place.
 */
export function normalise(
  values: Float32Array,
  start: number,
  mean: number,
  std: number,
): void {
  for (let i = start; i < start + normalBlock / 2; i++) {
    const radius = fround(sqrt(fround(-2 * log(fround(1 - values[i])))));
    const [sin, cos] = sinCos(fround(twoPi * values[i + normalBlock / 2]));
    values[i] = fma(fround(radius * cos), std, mean);
    values[i + normalBlock / 2] = fma(fround(radius * sin), std, mean);
  }
}

/** `a · b + c`, rounded once. */
function fma(a: number, b: number, c: number): number {
  return fround(a * b + c);
}

function polynomial(coefficients: Float32Array, x: number): number {
  let y = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) y = fma(y, x, coefficients[i]);
  return y;
}

/** The natural logarithm of a normal number above 0. */
function log(value: number): number {
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  let exponent = (word >>> 23) - 126;
  bits.setUint32(0, (word & 0x7fffff) | 0x3f000000);
  const mantissa = bits.getFloat32(0);
  let x = fround(mantissa - 1);
  if (mantissa < halfRoot) {
    exponent--;
    x = fround(x + mantissa);
  }
  const z = fround(x * x);
  let y = fround(polynomial(logarithm, x) * x);
  y = fma(y, z, fround(exponent * ln2Low));
  y = fround(y - z / 2);
  return fround(fround(x + y) + exponent * ln2High);
}

/** Sine and cosine of an angle of at least 0. */
function sinCos(angle: number): [sin: number, cos: number] {
  const octant = (Math.trunc(fround(angle * perQuarter)) + 1) & ~1;
  let x = fma(octant, quarterHigh, angle);
  x = fma(octant, quarterMiddle, x);
  x = fma(octant, quarterLow, x);
  const z = fround(x * x);
  const ofSine = fma(fround(polynomial(sine, z) * z), x, x);
  const y = fround(polynomial(cosine, z) * z);
  const ofCosine = fround(fma(y, z, -z / 2) + 1);
  const [sin, cos] = (octant & 2) === 0
    ? [ofSine, ofCosine]
    : [ofCosine, ofSine];
  return [
    (octant & 4) === 0 ? sin : -sin,
    ((octant - 2) & 4) !== 0 ? cos : -cos,
  ];
}
