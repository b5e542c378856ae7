// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import {
  GradientOfInputArgs,
  gradientPart,
  MapArgs,
  mapPart,
} from "../lib/simd/map.ts";
import { fma } from "../lib/simd/fma.ts";
import { decay, sigmoid, sigmoidOf, sigmoidSlopeOf } from "../lib/simd/math.ts";

@unmanaged
export class SiluArgs extends MapArgs {}

@unmanaged
export class SiluGradientArgs extends GradientOfInputArgs {}

export class Silu {
  value(x: v128): v128 {
    return f32x4.mul(x, sigmoid(x));
  }

  gradient(g: v128, x: v128): v128 {
    const small = decay(x);
    const slope = sigmoidSlopeOf(small);
    return f32x4.mul(g, fma(x, slope, sigmoidOf(x, small)));
  }
}

/** `output = x · σ(x)` with the logistic function σ. */
export function siluForward(args: SiluArgs, part: i32, parts: i32): void {
  mapPart<Silu>(args, part, parts);
}

/** `gradX = gradOutput · (σ(x) + x · σ′(x))`. */
export function siluGradient(
  args: SiluGradientArgs,
  part: i32,
  parts: i32,
): void {
  gradientPart<Silu>(
    args.gradOutput,
    args.x,
    args.gradX,
    args.length,
    part,
    parts,
  );
}
