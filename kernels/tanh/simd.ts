// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import {
  GradientOfOutputArgs,
  gradientPart,
  MapArgs,
  mapPart,
} from "../lib/simd/map.ts";
import { tanh } from "../lib/simd/math.ts";

@unmanaged
export class TanhArgs extends MapArgs {}

@unmanaged
export class TanhGradientArgs extends GradientOfOutputArgs {}

export class Tanh {
  value(x: v128): v128 {
    return tanh(x);
  }

  gradient(g: v128, y: v128): v128 {
    const square = f32x4.mul(y, y);
    return f32x4.mul(g, f32x4.sub(f32x4.splat(1), square));
  }
}

/** `output = tanh(x)`. */
export function tanhForward(args: TanhArgs, part: i32, parts: i32): void {
  mapPart<Tanh>(args, part, parts);
}

/** `gradX = gradOutput · (1 − output²)`. */
export function tanhGradient(
  args: TanhGradientArgs,
  part: i32,
  parts: i32,
): void {
  gradientPart<Tanh>(
    args.gradOutput,
    args.output,
    args.gradX,
    args.length,
    part,
    parts,
  );
}
