// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Adam, element by element, as PyTorch has it. A part updates an unbroken range
// of whole groups, each with its copy of the state: learning rate, `1 − beta1ᵗ`,
// `1 − beta2ᵗ`, t.

import { fma } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";
// deno-lint-ignore verbatim-module-syntax -- AssemblyScript has no `import type`
import { Four, UpTo4 } from "../lib/simd/up_to_4.ts";

/** Elements that share a copy of the state: `ADAM_GROUP` of `adam.ts`. */
const GROUP = 256;

@unmanaged
export class AdamArgs {
  gradient: usize;
  state: usize;
  parameter: usize;
  expAvg: usize;
  expAvgSq: usize;
  /** 0 without AMSGrad. */
  maxExpAvgSq: usize;
  length: i32;
  beta1: f32;
  beta2: f32;
  /** `1 − beta1` and `1 − beta2`, taken in f64. */
  rest1: f32;
  rest2: f32;
  eps: f32;
  weightDecay: f32;
}

/**
 * Updates a parameter and its moments, and counts the step. All groups take the
 * first one's learning rate.
 */
export function adamStep(args: AdamArgs, part: i32, parts: i32): void {
  const states = args.state;
  const length = args.length;
  const learningRate = load<f32>(states);
  const groups = (length + GROUP - 1) / GROUP;
  const end = partStart(groups, part + 1, parts);
  for (let g = partStart(groups, part, parts); g < end; g++) {
    const state = states + (<usize> g << 4);
    const first = args.beta1 * load<f32>(state, 4);
    const second = args.beta2 * load<f32>(state, 8);
    const correction1: f32 = first + args.rest1;
    const correction2: f32 = second + args.rest2;
    store<f32>(state, correction1, 4);
    store<f32>(state, correction2, 8);
    store<f32>(state, load<f32>(state, 12) + 1, 12);
    const from = g * GROUP, to = min(from + GROUP, length);
    const stepSize: f32 = learningRate / correction1;
    const root = sqrt<f32>(correction2), whole = to & ~3;
    update<Four>(args, from, whole, stepSize, root);
    // Beyond the last four the same arithmetic runs on copies of one element.
    update<UpTo4>(args, whole, to, stepSize, root);
  }
}

/** Updates elements of a group, read and written by `Lanes`. */
function update<Lanes>(
  args: AdamArgs,
  from: i32,
  to: i32,
  stepSize: f32,
  rootCorrection: f32,
): void {
  const lanes = changetype<Lanes>(0);
  const gradient = args.gradient;
  const parameter = args.parameter;
  const expAvg = args.expAvg;
  const expAvgSq = args.expAvgSq;
  const maxExpAvgSq = args.maxExpAvgSq;
  const beta1 = f32x4.splat(args.beta1);
  const beta2 = f32x4.splat(args.beta2);
  const rest1 = f32x4.splat(args.rest1);
  const rest2 = f32x4.splat(args.rest2);
  const eps = f32x4.splat(args.eps);
  const weightDecay = f32x4.splat(args.weightDecay);
  const rate = f32x4.splat(stepSize), root = f32x4.splat(rootCorrection);
  for (let i = from; i < to; i += 4) {
    const count = min(to - i, 4);
    const at: usize = i << 2;
    const weights = lanes.load(parameter + at, count);
    const slopes = fma(weightDecay, weights, lanes.load(gradient + at, count));
    const means = fma(
      beta1,
      lanes.load(expAvg + at, count),
      f32x4.mul(rest1, slopes),
    );
    const squares = fma(
      beta2,
      lanes.load(expAvgSq + at, count),
      f32x4.mul(f32x4.mul(rest2, slopes), slopes),
    );
    let largest = squares;
    if (maxExpAvgSq != 0) {
      largest = f32x4.max(lanes.load(maxExpAvgSq + at, count), squares);
      lanes.store(maxExpAvgSq + at, largest, count);
    }
    const denominators = f32x4.add(f32x4.div(f32x4.sqrt(largest), root), eps);
    const moves = f32x4.div(f32x4.mul(rate, means), denominators);
    lanes.store(expAvg + at, means, count);
    lanes.store(expAvgSq + at, squares, count);
    lanes.store(parameter + at, f32x4.sub(weights, moves), count);
  }
}
