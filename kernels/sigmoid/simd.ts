// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import {
  GradientOfOutputArgs,
  gradientPart,
  MapArgs,
  mapPart,
} from "../lib/simd/map.ts";
import { sigmoid } from "../lib/simd/math.ts";

@unmanaged
export class SigmoidArgs extends MapArgs {}

@unmanaged
export class SigmoidGradientArgs extends GradientOfOutputArgs {}

export class Sigmoid {
  value(x: v128): v128 {
    return sigmoid(x);
  }

  gradient(g: v128, y: v128): v128 {
    const slope = f32x4.sub(f32x4.splat(1), y);
    return f32x4.mul(f32x4.mul(g, y), slope);
  }
}

/** `output = 1 / (1 + exp(−x))`. */
export function sigmoidForward(args: SigmoidArgs, part: i32, parts: i32): void {
  mapPart<Sigmoid>(args, part, parts);
}

/** `gradX = gradOutput · output · (1 − output)`. */
export function sigmoidGradient(
  args: SigmoidGradientArgs,
  part: i32,
  parts: i32,
): void {
  gradientPart<Sigmoid>(
    args.gradOutput,
    args.output,
    args.gradX,
    args.length,
    part,
    parts,
  );
}
