// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// RMSprop, element by element, as PyTorch has it. A part updates an unbroken
// range of the elements.

import { fma } from "../lib/simd/fma.ts";
import { partStartBy4 } from "../lib/simd/parts.ts";
// deno-lint-ignore verbatim-module-syntax -- AssemblyScript has no `import type`
import { Four, UpTo4 } from "../lib/simd/up_to_4.ts";

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
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
  const whole = end & ~3;
  update<Four>(args, start, whole);
  update<UpTo4>(args, whole, end);
}

/** Updates elements, read and written by `Lanes`. */
function update<Lanes>(args: RmspropArgs, from: i32, to: i32): void {
  const lanes = changetype<Lanes>(0);
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
  for (let i = from; i < to; i += 4) {
    const count = min(to - i, 4);
    const at: usize = i << 2;
    const weights = lanes.load(parameter + at, count);
    const slopes = fma(weightDecay, weights, lanes.load(gradient + at, count));
    let squares = fma(
      alpha,
      lanes.load(squareAvg + at, count),
      f32x4.mul(f32x4.mul(rest, slopes), slopes),
    );
    lanes.store(squareAvg + at, squares, count);
    if (gradAvg != 0) {
      const means = fma(
        alpha,
        lanes.load(gradAvg + at, count),
        f32x4.mul(rest, slopes),
      );
      lanes.store(gradAvg + at, means, count);
      squares = f32x4.sub(squares, f32x4.mul(means, means));
    }
    let moves = f32x4.div(slopes, f32x4.add(f32x4.sqrt(squares), eps));
    if (buffer != 0) {
      moves = fma(momentum, lanes.load(buffer + at, count), moves);
      lanes.store(buffer + at, moves, count);
    }
    const moved = f32x4.sub(weights, f32x4.mul(rate, moves));
    lanes.store(parameter + at, moved, count);
  }
}
