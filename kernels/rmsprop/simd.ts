// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// RMSprop, element by element, as PyTorch has it. A part updates an unbroken
// range of the elements.

import { fma } from "../lib/simd/fma.ts";
import { partStartBy4 } from "../lib/simd/parts.ts";
import { loadUpTo4, storeUpTo4 } from "../lib/simd/up_to_4.ts";

@unmanaged
export class RmspropArgs {
  gradient: usize;
  learningRate: usize;
  parameter: usize;
  squareAvg: usize;
  /** 0 unless centered. */
  gradAvg: usize;
  /** 0 without momentum. */
  momentumBuffer: usize;
  length: i32;
  alpha: f32;
  /** `1 − alpha`, taken in f64. */
  rest: f32;
  eps: f32;
  momentum: f32;
  weightDecay: f32;
}

/** Updates the parameter and its means. */
export function rmspropStep(args: RmspropArgs, part: i32, parts: i32): void {
  const gradient = args.gradient;
  const rate = v128.load32_splat(args.learningRate);
  const parameter = args.parameter;
  const squareAvg = args.squareAvg;
  const gradAvg = args.gradAvg;
  const buffer = args.momentumBuffer;
  const alpha = f32x4.splat(args.alpha);
  const rest = f32x4.splat(args.rest);
  const eps = f32x4.splat(args.eps);
  const momentum = f32x4.splat(args.momentum);
  const weightDecay = f32x4.splat(args.weightDecay);
  const end = partStartBy4(args.length, part + 1, parts);
  for (let i = partStartBy4(args.length, part, parts); i < end; i += 4) {
    const count = min(end - i, 4);
    const at: usize = i << 2;
    const weights = loadUpTo4(parameter + at, count);
    const slopes = fma(weightDecay, weights, loadUpTo4(gradient + at, count));
    let squares = fma(
      alpha,
      loadUpTo4(squareAvg + at, count),
      f32x4.mul(f32x4.mul(rest, slopes), slopes),
    );
    storeUpTo4(squareAvg + at, squares, count);
    if (gradAvg != 0) {
      const means = fma(
        alpha,
        loadUpTo4(gradAvg + at, count),
        f32x4.mul(rest, slopes),
      );
      storeUpTo4(gradAvg + at, means, count);
      squares = f32x4.sub(squares, f32x4.mul(means, means));
    }
    let moves = f32x4.div(slopes, f32x4.add(f32x4.sqrt(squares), eps));
    if (buffer != 0) {
      moves = fma(momentum, loadUpTo4(buffer + at, count), moves);
      storeUpTo4(buffer + at, moves, count);
    }
    const moved = f32x4.sub(weights, f32x4.mul(rate, moves));
    storeUpTo4(parameter + at, moved, count);
  }
}
