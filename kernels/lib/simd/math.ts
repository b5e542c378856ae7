// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Functions of four numbers at once. Errors are in units of the last place (ulp).

import { fma } from "./fma.ts";

/**
 * The exponential function, within 2 ulp: x = n · log 2 + r, and a polynomial of
 * r, that of Cephes' expf (Moshier, 1989). Overflows to infinity, underflows
 * to 0 over the numbers that are not normal.
 */
export function exp(x: v128): v128 {
  // All that lies beyond is 0 or infinite; NaN passes both.
  const limited = f32x4.pmax(
    f32x4.pmin(x, f32x4.splat(89)),
    f32x4.splat(-104),
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
  return f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
}

/** `exp(r)` of it. */
function remainderOf(x: v128, n: v128): v128 {
  // log 2 in two parts, of which the first has few digits.
  let r = fma(n, f32x4.splat(-0.693359375), x);
  r = fma(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = fma(p, r, f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  return f32x4.add(fma(p, f32x4.mul(r, r), r), f32x4.splat(1));
}

/** Whole numbers below 2²² in size as i32: their bits, once added to 1.5 · 2²³. */
function wholeOf(n: v128): v128 {
  const bits = f32x4.add(n, f32x4.splat(12582912));
  return i32x4.sub(bits, i32x4.splat(0x4b400000));
}

/** Of whole numbers from −126 to 127. */
function powerOf2(exponent: v128): v128 {
  return i32x4.shl(i32x4.add(exponent, i32x4.splat(127)), 23);
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
  const one = f32x4.splat(1);
  const isRising = f32x4.ge(x, f32x4.splat(0));
  const numerator = v128.bitselect(one, small, isRising);
  return f32x4.div(numerator, f32x4.add(one, small));
}

/** The derivative of the logistic function, from a decay. */
export function sigmoidSlopeOf(small: v128): v128 {
  const sum = f32x4.add(f32x4.splat(1), small);
  return f32x4.div(small, f32x4.mul(sum, sum));
}

/**
 * The hyperbolic tangent, within 3 ulp: near 0 the polynomial of Cephes' tanhf,
 * elsewhere by the exponential function.
 */
export function tanh(x: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = fma(p, z, f32x4.splat(2.06390887954e-2));
  p = fma(p, z, f32x4.splat(-5.37397155531e-2));
  p = fma(p, z, f32x4.splat(1.33314422036e-1));
  p = fma(p, z, f32x4.splat(-3.33332819422e-1));
  const near = fma(f32x4.mul(p, z), x, x);
  // From 10 on it is 1, whatever the power is.
  const power = expWithin(f32x4.pmin(f32x4.add(size, size), f32x4.splat(20)));
  const far = f32x4.sub(
    one,
    f32x4.div(f32x4.splat(2), f32x4.add(power, one)),
  );
  const isNear = f32x4.lt(size, f32x4.splat(0.625));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(near, v128.or(far, sign), isNear);
}

/** The complementary error function: see `lib/erfc.ts`, whose error it has. */
export function erfc(x: v128): v128 {
  const z = f32x4.abs(x);
  const t = f32x4.div(
    f32x4.splat(1),
    fma(z, f32x4.splat(0.5), f32x4.splat(1)),
  );
  let p = f32x4.splat(-0.06010870775481016);
  p = fma(p, t, f32x4.splat(0.28944610074381716));
  p = fma(p, t, f32x4.splat(-0.49682957662695537));
  p = fma(p, t, f32x4.splat(0.2885151460298959));
  p = fma(p, t, f32x4.splat(-0.033399020072470365));
  p = fma(p, t, f32x4.splat(0.20536042908061758));
  p = fma(p, t, f32x4.splat(0.24247937864560393));
  p = fma(p, t, f32x4.splat(0.28245384207733676));
  p = fma(p, t, f32x4.splat(0.2820823575052705));
  const power = exp(f32x4.neg(f32x4.mul(z, z)));
  const tail = f32x4.mul(f32x4.mul(t, power), p);
  const isBelow = f32x4.lt(x, f32x4.splat(0));
  return v128.bitselect(f32x4.sub(f32x4.splat(2), tail), tail, isBelow);
}
