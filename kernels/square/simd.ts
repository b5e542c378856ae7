// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import {
  GradientOfInputArgs,
  gradientPart,
  MapArgs,
  mapPart,
} from "../lib/simd/map.ts";

@unmanaged
export class SquareArgs extends MapArgs {}

@unmanaged
export class SquareGradientArgs extends GradientOfInputArgs {}

export class Square {
  value(x: v128): v128 {
    return f32x4.mul(x, x);
  }

  gradient(g: v128, x: v128): v128 {
    return f32x4.mul(g, f32x4.add(x, x));
  }
}

/** `output = x²`. */
export function squareForward(args: SquareArgs, part: i32, parts: i32): void {
  mapPart<Square>(args, part, parts);
}

/** `gradX = gradOutput · 2 x`. */
export function squareGradient(
  args: SquareGradientArgs,
  part: i32,
  parts: i32,
): void {
  gradientPart<Square>(
    args.gradOutput,
    args.x,
    args.gradX,
    args.length,
    part,
    parts,
  );
}
