// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Adadelta, element by element, as PyTorch has it. A part updates an unbroken
// range of the elements.

import { fma } from "../lib/simd/fma.ts";
import { partStartBy4 } from "../lib/simd/parts.ts";
import { loadUpTo4, storeUpTo4 } from "../lib/simd/up_to_4.ts";

@unmanaged
export class AdadeltaArgs {
  gradient: usize;
  learningRate: usize;
  parameter: usize;
  squareAvg: usize;
  accDelta: usize;
  length: i32;
  rho: f32;
  /** `1 − rho`, taken in f64. */
  rest: f32;
  eps: f32;
  weightDecay: f32;
}

/** Updates the parameter and its means. */
export function adadeltaStep(args: AdadeltaArgs, part: i32, parts: i32): void {
  const gradient = args.gradient;
  const rate = v128.load32_splat(args.learningRate);
  const parameter = args.parameter;
  const squareAvg = args.squareAvg;
  const accDelta = args.accDelta;
  const rho = f32x4.splat(args.rho);
  const rest = f32x4.splat(args.rest);
  const eps = f32x4.splat(args.eps);
  const weightDecay = f32x4.splat(args.weightDecay);
  const end = partStartBy4(args.length, part + 1, parts);
  for (let i = partStartBy4(args.length, part, parts); i < end; i += 4) {
    const count = min(end - i, 4);
    const at: usize = i << 2;
    const weights = loadUpTo4(parameter + at, count);
    const slopes = fma(weightDecay, weights, loadUpTo4(gradient + at, count));
    const squares = fma(
      rho,
      loadUpTo4(squareAvg + at, count),
      f32x4.mul(f32x4.mul(rest, slopes), slopes),
    );
    const deltas = loadUpTo4(accDelta + at, count);
    const moves = f32x4.mul(
      f32x4.div(
        f32x4.sqrt(f32x4.add(deltas, eps)),
        f32x4.sqrt(f32x4.add(squares, eps)),
      ),
      slopes,
    );
    storeUpTo4(squareAvg + at, squares, count);
    storeUpTo4(
      accDelta + at,
      fma(rho, deltas, f32x4.mul(f32x4.mul(rest, moves), moves)),
      count,
    );
    storeUpTo4(
      parameter + at,
      f32x4.sub(weights, f32x4.mul(rate, moves)),
      count,
    );
  }
}
