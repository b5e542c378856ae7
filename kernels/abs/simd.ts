// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import {
  GradientOfInputArgs,
  gradientPart,
  MapArgs,
  mapPart,
} from "../lib/simd/map.ts";

@unmanaged
export class AbsArgs extends MapArgs {}

@unmanaged
export class AbsGradientArgs extends GradientOfInputArgs {}

export class Abs {
  value(x: v128): v128 {
    return f32x4.abs(x);
  }

  gradient(g: v128, x: v128): v128 {
    const zero = f32x4.splat(0);
    const one = f32x4.splat(1);
    const above = v128.and(one, f32x4.gt(x, zero));
    const below = v128.and(one, f32x4.lt(x, zero));
    return f32x4.mul(g, f32x4.sub(above, below));
  }
}

/** `output = |x|`. */
export function absForward(args: AbsArgs, part: i32, parts: i32): void {
  mapPart<Abs>(args, part, parts);
}

/** `gradX = gradOutput · sign(x), where the sign of NaN is 0`. */
export function absGradient(
  args: AbsGradientArgs,
  part: i32,
  parts: i32,
): void {
  gradientPart<Abs>(
    args.gradOutput,
    args.x,
    args.gradX,
    args.length,
    part,
    parts,
  );
}
