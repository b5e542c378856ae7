// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Steps of Adam, element by element, as PyTorch has them. A thread moves an unbroken part of the parameters.

import { fma } from "../lib/simd/fma.ts";
import { partStart } from "../lib/simd/parts.ts";
import { loadUpTo4, storeUpTo4 } from "../lib/simd/up_to_4.ts";

/** Elements that share a copy of what is counted: `ADAM_GROUP` of `shapes.ts`. */
const GROUP = 256;

/**
 * Moves a parameter and its moments by a step of Adam, and counts it. The state
 * is learning rate, `1 − beta1ᵗ`, `1 − beta2ᵗ`, t, once for each group; the
 * first learning rate counts. A thread moves whole groups. Arguments: gradient,
 * state, parameter, expAvg, expAvgSq, length, beta1, beta2, `1 − beta1`,
 * `1 − beta2`, eps, weightDecay.
 */
export function adamStep(args: usize, thread: i32, threads: i32): void {
  const states: usize = load<u32>(args, 4);
  const length = load<i32>(args, 20);
  const learningRate = load<f32>(states);
  const groups = (length + GROUP - 1) / GROUP;
  const end = partStart(groups, thread + 1, threads);
  for (let g = partStart(groups, thread, threads); g < end; g++) {
    const state = states + (<usize> g << 4);
    const first = load<f32>(args, 24) * load<f32>(state, 4);
    const second = load<f32>(args, 28) * load<f32>(state, 8);
    const correction1: f32 = first + load<f32>(args, 32);
    const correction2: f32 = second + load<f32>(args, 36);
    store<f32>(state, correction1, 4);
    store<f32>(state, correction2, 8);
    store<f32>(state, load<f32>(state, 12) + 1, 12);
    const from = g * GROUP, to = min(from + GROUP, length);
    const rate: f32 = learningRate / correction1;
    moveGroup(args, from, to, rate, sqrt<f32>(correction2));
  }
}

/** Moves the elements of a group. */
function moveGroup(
  args: usize,
  from: i32,
  to: i32,
  stepSize: f32,
  rootCorrection: f32,
): void {
  const gradient: usize = load<u32>(args);
  const parameter: usize = load<u32>(args, 8);
  const expAvg: usize = load<u32>(args, 12);
  const expAvgSq: usize = load<u32>(args, 16);
  const beta1 = v128.load32_splat(args, 24);
  const beta2 = v128.load32_splat(args, 28);
  const rest1 = v128.load32_splat(args, 32);
  const rest2 = v128.load32_splat(args, 36);
  const eps = v128.load32_splat(args, 40);
  const weightDecay = v128.load32_splat(args, 44);
  const rate = f32x4.splat(stepSize), root = f32x4.splat(rootCorrection);
  for (let i = from; i < to; i += 4) {
    // Beyond the last four the same arithmetic runs on copies of one element.
    const count = min(to - i, 4);
    const at: usize = i << 2;
    const weights = loadUpTo4(parameter + at, count);
    const slopes = fma(weightDecay, weights, loadUpTo4(gradient + at, count));
    const means = fma(
      beta1,
      loadUpTo4(expAvg + at, count),
      f32x4.mul(rest1, slopes),
    );
    const squares = fma(
      beta2,
      loadUpTo4(expAvgSq + at, count),
      f32x4.mul(f32x4.mul(rest2, slopes), slopes),
    );
    const deviations = f32x4.add(f32x4.div(f32x4.sqrt(squares), root), eps);
    const moves = f32x4.div(f32x4.mul(rate, means), deviations);
    storeUpTo4(expAvg + at, means, count);
    storeUpTo4(expAvgSq + at, squares, count);
    storeUpTo4(parameter + at, f32x4.sub(weights, moves), count);
  }
}
