// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Steps of Adam and of stochastic gradient descent, element by element, as
// PyTorch has them. A thread moves an unbroken part of the parameters.

import { fma } from "../lib/simd/fma.ts";
import { partStart, partStartBy4 } from "../lib/simd/parts.ts";

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

/**
 * Moves a parameter and its momentum by a step of gradient descent. Arguments:
 * gradient, learning rate, parameter, momentum buffer or 0, length, momentum,
 * weightDecay, whether to look ahead (Nesterov).
 */
export function sgdStep(args: usize, thread: i32, threads: i32): void {
  const gradient: usize = load<u32>(args);
  const rate = v128.load32_splat(load<u32>(args, 4));
  const parameter: usize = load<u32>(args, 8);
  const buffer: usize = load<u32>(args, 12);
  const length = load<i32>(args, 16);
  const momentum = v128.load32_splat(args, 20);
  const weightDecay = v128.load32_splat(args, 24);
  const nesterov = load<i32>(args, 28) != 0;
  const end = partStartBy4(length, thread + 1, threads);
  for (let i = partStartBy4(length, thread, threads); i < end; i += 4) {
    const count = min(end - i, 4);
    const at: usize = i << 2;
    const weights = loadUpTo4(parameter + at, count);
    let slopes = fma(weightDecay, weights, loadUpTo4(gradient + at, count));
    if (buffer != 0) {
      const moving = fma(momentum, loadUpTo4(buffer + at, count), slopes);
      storeUpTo4(buffer + at, moving, count);
      slopes = nesterov ? fma(momentum, moving, slopes) : moving;
    }
    const moved = f32x4.sub(weights, f32x4.mul(rate, slopes));
    storeUpTo4(parameter + at, moved, count);
  }
}

/** Four elements, or the first `count` in the first lanes. */
function loadUpTo4(at: usize, count: i32): v128 {
  if (count == 4) return v128.load(at);
  let lanes = v128.load32_splat(at);
  if (count > 1) lanes = f32x4.replace_lane(lanes, 1, load<f32>(at, 4));
  if (count > 2) lanes = f32x4.replace_lane(lanes, 2, load<f32>(at, 8));
  return lanes;
}

function storeUpTo4(at: usize, lanes: v128, count: i32): void {
  if (count == 4) {
    v128.store(at, lanes);
    return;
  }
  store<f32>(at, f32x4.extract_lane(lanes, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(lanes, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(lanes, 2), 8);
}
