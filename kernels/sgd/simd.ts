// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Stochastic gradient descent, element by element, as PyTorch has it. A part
// updates an unbroken range of the elements.

import { fma } from "../lib/simd/fma.ts";
import { partStartBy4 } from "../lib/simd/parts.ts";
// deno-lint-ignore verbatim-module-syntax -- AssemblyScript has no `import type`
import { Four, UpTo4 } from "../lib/simd/up_to_4.ts";

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
  const start = partStartBy4(args.length, part, parts);
  const end = partStartBy4(args.length, part + 1, parts);
  const whole = end & ~3;
  update<Four>(args, start, whole);
  update<UpTo4>(args, whole, end);
}

/** Updates elements, read and written by `Lanes`. */
function update<Lanes>(args: SgdArgs, from: i32, to: i32): void {
  const lanes = changetype<Lanes>(0);
  const gradient = args.gradient;
  const rate = v128.load32_splat(args.learningRate);
  const parameter = args.parameter;
  const buffer = args.momentumBuffer;
  const momentum = f32x4.splat(args.momentum);
  const rest = f32x4.splat(args.rest);
  const weightDecay = f32x4.splat(args.weightDecay);
  const nesterov = args.nesterov != 0;
  for (let i = from; i < to; i += 4) {
    const count = min(to - i, 4);
    const at: usize = i << 2;
    const weights = lanes.load(parameter + at, count);
    let slopes = fma(weightDecay, weights, lanes.load(gradient + at, count));
    if (buffer != 0) {
      const moving = fma(
        momentum,
        lanes.load(buffer + at, count),
        f32x4.mul(rest, slopes),
      );
      lanes.store(buffer + at, moving, count);
      slopes = nesterov ? fma(momentum, moving, slopes) : moving;
    }
    const moved = f32x4.sub(weights, f32x4.mul(rate, slopes));
    lanes.store(parameter + at, moved, count);
  }
}
