// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Stochastic gradient descent, element by element, as PyTorch has it. A part
// updates an unbroken range of the elements.

import { fma } from "../lib/simd/fma.ts";
import { partStartBy4 } from "../lib/simd/parts.ts";
import { loadUpTo4, storeUpTo4 } from "../lib/simd/up_to_4.ts";

@unmanaged
export class SgdArgs {
  gradient: usize;
  learningRate: usize;
  parameter: usize;
  /** 0 without momentum. */
  momentumBuffer: usize;
  length: i32;
  momentum: f32;
  /** `1 − dampening`. */
  rest: f32;
  weightDecay: f32;
  nesterov: i32;
}

/** Updates the parameter and its momentum. */
export function sgdStep(args: SgdArgs, part: i32, parts: i32): void {
  const gradient = args.gradient;
  const rate = v128.load32_splat(args.learningRate);
  const parameter = args.parameter;
  const buffer = args.momentumBuffer;
  const momentum = f32x4.splat(args.momentum);
  const rest = f32x4.splat(args.rest);
  const weightDecay = f32x4.splat(args.weightDecay);
  const nesterov = args.nesterov != 0;
  const end = partStartBy4(args.length, part + 1, parts);
  for (let i = partStartBy4(args.length, part, parts); i < end; i += 4) {
    const count = min(end - i, 4);
    const at: usize = i << 2;
    const weights = loadUpTo4(parameter + at, count);
    let slopes = fma(weightDecay, weights, loadUpTo4(gradient + at, count));
    if (buffer != 0) {
      const moving = fma(
        momentum,
        loadUpTo4(buffer + at, count),
        f32x4.mul(rest, slopes),
      );
      storeUpTo4(buffer + at, moving, count);
      slopes = nesterov ? fma(momentum, moving, slopes) : moving;
    }
    const moved = f32x4.sub(weights, f32x4.mul(rate, slopes));
    storeUpTo4(parameter + at, moved, count);
  }
}
