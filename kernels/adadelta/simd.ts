// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Adadelta, element by element, as PyTorch has it. A part updates an unbroken
// range of the elements.

import { fma } from "../lib/simd/fma.ts";
import { partStartBy4 } from "../lib/simd/parts.ts";
// deno-lint-ignore verbatim-module-syntax -- AssemblyScript has no `import type`
import { Four, UpTo4 } from "../lib/simd/up_to_4.ts";

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
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
  const whole = end & ~3;
  update<Four>(args, start, whole);
  update<UpTo4>(args, whole, end);
}

/** Updates elements, read and written by `Lanes`. */
function update<Lanes>(args: AdadeltaArgs, from: i32, to: i32): void {
  const lanes = changetype<Lanes>(0);
  const gradient = args.gradient;
  const rate = v128.load32_splat(args.learningRate);
  const parameter = args.parameter;
  const squareAvg = args.squareAvg;
  const accDelta = args.accDelta;
  const rho = f32x4.splat(args.rho);
  const rest = f32x4.splat(args.rest);
  const eps = f32x4.splat(args.eps);
  const weightDecay = f32x4.splat(args.weightDecay);
  for (let i = from; i < to; i += 4) {
    const count = min(to - i, 4);
    const at: usize = i << 2;
    const weights = lanes.load(parameter + at, count);
    const slopes = fma(weightDecay, weights, lanes.load(gradient + at, count));
    const squares = fma(
      rho,
      lanes.load(squareAvg + at, count),
      f32x4.mul(f32x4.mul(rest, slopes), slopes),
    );
    const deltas = lanes.load(accDelta + at, count);
    const moves = f32x4.mul(
      f32x4.div(
        f32x4.sqrt(f32x4.add(deltas, eps)),
        f32x4.sqrt(f32x4.add(squares, eps)),
      ),
      slopes,
    );
    lanes.store(squareAvg + at, squares, count);
    lanes.store(
      accDelta + at,
      fma(rho, deltas, f32x4.mul(f32x4.mul(rest, moves), moves)),
      count,
    );
    lanes.store(
      parameter + at,
      f32x4.sub(weights, f32x4.mul(rate, moves)),
      count,
    );
  }
}
