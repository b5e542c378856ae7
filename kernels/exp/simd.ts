// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import {
  GradientOfOutputArgs,
  gradientPart,
  MapArgs,
  mapPart,
} from "../lib/simd/map.ts";
import { exp } from "../lib/simd/math.ts";

@unmanaged
export class ExpArgs extends MapArgs {}

@unmanaged
export class ExpGradientArgs extends GradientOfOutputArgs {}

export class Exp {
  value(x: v128): v128 {
    return exp(x);
  }

  gradient(g: v128, y: v128): v128 {
    return f32x4.mul(g, y);
  }
}

/** `output = exp(x)`. */
export function expForward(args: ExpArgs, part: i32, parts: i32): void {
  mapPart<Exp>(args, part, parts);
}

/** `gradX = gradOutput · output`. */
export function expGradient(
  args: ExpGradientArgs,
  part: i32,
  parts: i32,
): void {
  gradientPart<Exp>(
    args.gradOutput,
    args.output,
    args.gradX,
    args.length,
    part,
    parts,
  );
}
