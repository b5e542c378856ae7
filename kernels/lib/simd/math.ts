// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Functions of four numbers at once. Errors are in units of the last place (ulp).

import { constant } from "./constant.ts";
import { fma } from "./fma.ts";

/** Limits, 1 / log 2, log 2 in two parts, 1.5 · 2²³, 1, and coefficients. */
const EXP = memory.data<f32>([
  89,
  -104,
  1.44269504088896341,
  -0.693359375,
  2.12194440e-4,
  12582912,
  1,
  1.9875691500e-4,
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
]);

/** A limit, what is near 0, 1, 2, and coefficients. */
const TANH = memory.data<f32>([
  20,
  0.625,
  1,
  2,
  -5.70498872745e-3,
  2.06390887954e-2,
  -5.37397155531e-2,
  1.33314422036e-1,
  -3.33332819422e-1,
]);

/** ½, 1, 2, and coefficients. */
const ERFC = memory.data<f32>([
  0.5,
  1,
  2,
  -0.06010870775481016,
  0.28944610074381716,
  -0.49682957662695537,
  0.2885151460298959,
  -0.033399020072470365,
  0.20536042908061758,
  0.24247937864560393,
  0.28245384207733676,
  0.2820823575052705,
]);

/**
 * The exponential function, within 2 ulp: x = n · log 2 + r, and a polynomial of
 * r, that of Cephes' expf (Moshier, 1989). Overflows to infinity, underflows
 * to 0 over the numbers that are not normal.
 */
export function exp(x: v128): v128 {
  // All that lies beyond is 0 or infinite; NaN passes both.
  const limited = f32x4.pmax(
    f32x4.pmin(x, constant(EXP, 0)),
    constant(EXP, 1),
  );
  const n = exponentOf(limited);
  // By 2ⁿ in two steps: the factor alone may be no f32.
  const exponent = wholeOf(n);
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(
    f32x4.mul(remainderOf(limited, n), powerOf2(half)),
    powerOf2(i32x4.sub(exponent, half)),
  );
}

/** {@link exp} where neither the result nor 2ⁿ is beyond f32: from −87 to 87. */
function expWithin(x: v128): v128 {
  const n = exponentOf(x);
  return f32x4.mul(remainderOf(x, n), powerOf2(wholeOf(n)));
}

/** The whole number n of `exp(x) = exp(r) · 2ⁿ`. */
function exponentOf(x: v128): v128 {
  return f32x4.nearest(f32x4.mul(x, constant(EXP, 2)));
}

/** `exp(r)` of it. */
function remainderOf(x: v128, n: v128): v128 {
  // log 2 in two parts, of which the first has few digits.
  let r = fma(n, constant(EXP, 3), x);
  r = fma(n, constant(EXP, 4), r);
  let p = constant(EXP, 7);
  p = fma(p, r, constant(EXP, 8));
  p = fma(p, r, constant(EXP, 9));
  p = fma(p, r, constant(EXP, 10));
  p = fma(p, r, constant(EXP, 11));
  p = fma(p, r, constant(EXP, 12));
  return f32x4.add(fma(p, f32x4.mul(r, r), r), constant(EXP, 6));
}

/** Whole numbers below 2²² in size as i32: their bits, once added to 1.5 · 2²³. */
function wholeOf(n: v128): v128 {
  const shift = constant(EXP, 5);
  return i32x4.sub(f32x4.add(n, shift), shift);
}

/** Of whole numbers from −126 to 127: they are added to the exponent of 1. */
function powerOf2(exponent: v128): v128 {
  return i32x4.add(i32x4.shl(exponent, 23), constant(EXP, 6));
}

/** The logistic function, within 4 ulp. */
export function sigmoid(x: v128): v128 {
  return sigmoidOf(x, decay(x));
}

/** `exp(−|x|)`, of which the logistic function and its derivative are made. */
export function decay(x: v128): v128 {
  return exp(f32x4.neg(f32x4.abs(x)));
}

/** The logistic function of `x`, from its decay. */
export function sigmoidOf(x: v128, small: v128): v128 {
  const one = constant(EXP, 6);
  const isRising = f32x4.ge(x, f32x4.splat(0));
  const numerator = v128.bitselect(one, small, isRising);
  return f32x4.div(numerator, f32x4.add(one, small));
}

/** The derivative of the logistic function, from a decay. */
export function sigmoidSlopeOf(small: v128): v128 {
  const sum = f32x4.add(constant(EXP, 6), small);
  return f32x4.div(small, f32x4.mul(sum, sum));
}

/**
 * The hyperbolic tangent, within 3 ulp: near 0 the polynomial of Cephes' tanhf,
 * elsewhere by the exponential function.
 */
export function tanh(x: v128): v128 {
  const one = constant(TANH, 2);
  const size = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = constant(TANH, 4);
  p = fma(p, z, constant(TANH, 5));
  p = fma(p, z, constant(TANH, 6));
  p = fma(p, z, constant(TANH, 7));
  p = fma(p, z, constant(TANH, 8));
  const near = fma(f32x4.mul(p, z), x, x);
  // From 10 on it is 1, whatever the power is.
  const power = expWithin(f32x4.pmin(f32x4.add(size, size), constant(TANH, 0)));
  const far = f32x4.sub(
    one,
    f32x4.div(constant(TANH, 3), f32x4.add(power, one)),
  );
  const isNear = f32x4.lt(size, constant(TANH, 1));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(near, v128.or(far, sign), isNear);
}

/** The complementary error function: see `lib/erfc.ts`, whose error it has. */
export function erfc(x: v128): v128 {
  const z = f32x4.abs(x);
  const t = f32x4.div(
    constant(ERFC, 1),
    fma(z, constant(ERFC, 0), constant(ERFC, 1)),
  );
  let p = constant(ERFC, 3);
  p = fma(p, t, constant(ERFC, 4));
  p = fma(p, t, constant(ERFC, 5));
  p = fma(p, t, constant(ERFC, 6));
  p = fma(p, t, constant(ERFC, 7));
  p = fma(p, t, constant(ERFC, 8));
  p = fma(p, t, constant(ERFC, 9));
  p = fma(p, t, constant(ERFC, 10));
  p = fma(p, t, constant(ERFC, 11));
  const power = exp(f32x4.neg(f32x4.mul(z, z)));
  const tail = f32x4.mul(f32x4.mul(t, power), p);
  const isBelow = f32x4.lt(x, f32x4.splat(0));
  return v128.bitselect(f32x4.sub(constant(ERFC, 2), tail), tail, isBelow);
}
