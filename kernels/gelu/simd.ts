// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import {
  GradientOfInputArgs,
  gradientPart,
  MapArgs,
  mapPart,
} from "../lib/simd/map.ts";
import { fma } from "../lib/simd/fma.ts";
import {
  decay,
  erfc,
  exp,
  sigmoid,
  sigmoidOf,
  sigmoidSlopeOf,
} from "../lib/simd/math.ts";

@unmanaged
export class GeluArgs extends MapArgs {}

@unmanaged
export class GeluGradientArgs extends GradientOfInputArgs {}

export class Gelu {
  value(x: v128): v128 {
    return f32x4.mul(x, distribution(x));
  }

  gradient(g: v128, x: v128): v128 {
    const square = f32x4.mul(x, x);
    const power = exp(f32x4.mul(square, f32x4.splat(-0.5)));
    const density = f32x4.mul(power, f32x4.splat(0.3989422804014327));
    return f32x4.mul(g, fma(x, density, distribution(x)));
  }
}

/** `output = x · Φ(x)` with the normal distribution's function Φ. */
export function geluForward(args: GeluArgs, part: i32, parts: i32): void {
  mapPart<Gelu>(args, part, parts);
}

/** `gradX = gradOutput · (Φ(x) + x · Φ′(x))`. */
export function geluGradient(
  args: GeluGradientArgs,
  part: i32,
  parts: i32,
): void {
  gradientPart<Gelu>(
    args.gradOutput,
    args.x,
    args.gradX,
    args.length,
    part,
    parts,
  );
}

/** Φ. */
function distribution(x: v128): v128 {
  const z = f32x4.mul(x, f32x4.splat(-0.7071067811865476));
  return f32x4.mul(f32x4.splat(0.5), erfc(z));
}

export class GeluTanh {
  value(x: v128): v128 {
    const z = inner(x);
    return f32x4.mul(x, sigmoid(f32x4.add(z, z)));
  }

  gradient(g: v128, x: v128): v128 {
    const z = inner(x);
    const twice = f32x4.add(z, z);
    const small = decay(twice);
    const innerSlope = fma(
      f32x4.mul(x, x),
      f32x4.splat(0.10703222440890037),
      f32x4.splat(0.7978845608028654),
    );
    const slope = f32x4.mul(sigmoidSlopeOf(small), innerSlope);
    return f32x4.mul(g, fma(f32x4.add(x, x), slope, sigmoidOf(twice, small)));
  }
}

/** `output = x · (1 + tanh(z)) / 2`, which is `x · σ(2 z)`. */
export function geluTanhForward(args: GeluArgs, part: i32, parts: i32): void {
  mapPart<GeluTanh>(args, part, parts);
}

/** `gradX = gradOutput · (σ(2 z) + 2 x · z′ · σ′(2 z))`. */
export function geluTanhGradient(
  args: GeluGradientArgs,
  part: i32,
  parts: i32,
): void {
  gradientPart<GeluTanh>(
    args.gradOutput,
    args.x,
    args.gradX,
    args.length,
    part,
    parts,
  );
}

/** `z = √(2/π) · (x + 0.044715 · x³)`. */
function inner(x: v128): v128 {
  const cubic = f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.044715));
  const factor = f32x4.add(cubic, f32x4.splat(1));
  return f32x4.mul(f32x4.mul(x, f32x4.splat(0.7978845608028654)), factor);
}
