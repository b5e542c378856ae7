import {
  type AdapterTraits,
  dispatch,
  kernel,
  Scratch,
  workgroupsFor,
} from "../kernel.ts";
import { elementwise, workgroupSize } from "../lib/elementwise.ts";
import { threadMemory } from "../lib/thread_memory.ts";
import { inFours, reductionIterations } from "../lib/reduce.ts";
import * as wgsl from "./batch_norm2d.gen.ts";
import * as reference from "./reference.ts";
import type { BatchNorm2dShape, BatchNorm2dTraining } from "./shape.ts";
import * as simd from "./simd.gen.ts";

export type { BatchNorm2dShape, BatchNorm2dTraining } from "./shape.ts";

/**
 * Mean and `invStd = 1 / √(variance + eps)` of each channel over batch and
 * pixels, variance biased; moves `runningMean` and `runningVar` (unbiased
 * variance) by `momentum` towards them. All these `[channels]`.
 * `numBatchesTracked`, i32 `[1]`, grows by 1.
 */
export const batchNorm2dStatistics = /* @__PURE__ */ kernel({
  name: "batchNorm2dStatistics",
  operands: {
    x: "read",
    runningMean: "update",
    runningVar: "update",
    numBatchesTracked: "update?",
    mean: "write",
    invStd: "write",
  },
  reference: (arrays, params: BatchNorm2dTraining) =>
    reference.statistics(arrays, params),
  webgpu: (
    { invStd, mean, numBatchesTracked, runningMean, runningVar, x },
    { area, batch, channels, eps, momentum },
  ) => {
    const bind = {
      batchMean: mean,
      batchInvStd: invStd,
      runningMean,
      runningVar,
      numBatchesTracked: numBatchesTracked ?? new Scratch(1, "i32"),
    };
    const workgroups = workgroupsFor(channels, 1);
    const iterations = 2 * reductionIterations(batch * area);
    return [
      area % 4 === 0
        ? dispatch(wgsl.statisticsFours, {
          bind: { xFours: x, ...bind },
          constants: { eps, momentum, ...inFours({ channels, area }) },
          workgroups,
          iterations,
        })
        : dispatch(wgsl.statistics, {
          bind: { x, ...bind },
          constants: { channels, area, eps, momentum, workgroupSize },
          workgroups,
          iterations,
        }),
    ];
  },
  wasm: (operands, params, cpu) => {
    const all = { ...operands, ...params, sums: sumsOf(params) };
    const memory = threadMemory(cpu, params.channels * 4);
    return [
      simd.batchNorm2dMoments({ ...all, ...memory }, workOf(params)),
      simd.batchNorm2dStatistics(all),
    ];
  },
});

/** `output = (x − mean) · invStd · weight + bias`, per channel. */
export const batchNorm2dNormalise = /* @__PURE__ */ kernel({
  name: "batchNorm2dNormalise",
  operands: {
    x: "read",
    mean: "read",
    invStd: "read",
    weight: "read",
    bias: "read",
    output: "write",
  },
  reference: (arrays, shape: BatchNorm2dShape) =>
    reference.normalise(arrays, shape),
  webgpu: (operands, shape, adapter) => {
    if (isSmall(shape)) {
      const { length } = operands.output.buffer;
      const sizes = sizesOf(shape);
      return [elementwise(wgsl.normaliseElements, length, operands, sizes)];
    }
    const options = planeOptions(shape, adapter);
    if (shape.area % 4 !== 0) {
      return [dispatch(wgsl.normalise, { bind: operands, ...options })];
    }
    const { output: outputFours, x: xFours, ...rest } = operands;
    const bind = { xFours, outputFours, ...rest };
    return [dispatch(wgsl.normaliseFours, { bind, ...options })];
  },
  wasm: (operands, shape) => [
    simd.batchNorm2dNormalise(
      { ...operands, ...shape, least: -Infinity },
      workOf(shape),
    ),
  ],
});

/** `invStd = 1 / √(variance + eps)`, `[channels]`: for running statistics. */
export const batchNorm2dInvStd = /* @__PURE__ */ kernel({
  name: "batchNorm2dInvStd",
  operands: { variance: "read", invStd: "write" },
  reference: (arrays, shape: BatchNorm2dShape) =>
    reference.invStdOfVariance(arrays, shape),
  webgpu: ({ invStd, variance }, { channels, eps }) => [
    elementwise(
      wgsl.invStdOfVariance,
      channels,
      { variance, invStdOutput: invStd },
      { eps },
    ),
  ],
  wasm: (operands, { channels, eps }) => [
    simd.batchNorm2dInvStd({ ...operands, channels, eps }),
  ],
});

/**
 * Gradients with respect to weight, `Σ gradOutput · (x − mean) · invStd`, and
 * bias, `Σ gradOutput`, per channel.
 */
export const batchNorm2dParameterGradient = /* @__PURE__ */ kernel({
  name: "batchNorm2dParameterGradient",
  operands: {
    gradOutput: "read",
    x: "read",
    mean: "read",
    invStd: "read",
    gradWeight: "write",
    gradBias: "write",
  },
  reference: (arrays, shape: BatchNorm2dShape) =>
    reference.parameterGradient(arrays, shape),
  webgpu: (
    { gradOutput, x, ...bind },
    { area, batch, channels },
  ) => {
    const workgroups = workgroupsFor(channels, 1);
    const iterations = reductionIterations(batch * area);
    return [
      area % 4 === 0
        ? dispatch(wgsl.parameterGradientFours, {
          bind: { gradOutputFours: gradOutput, xFours: x, ...bind },
          constants: inFours({ channels, area }),
          workgroups,
          iterations,
        })
        : dispatch(wgsl.parameterGradient, {
          bind: { gradOutput, x, ...bind },
          constants: { channels, area, workgroupSize },
          workgroups,
          iterations,
        }),
    ];
  },
  wasm: (operands, shape) => {
    const all = { ...operands, ...shape, sums: sumsOf(shape) };
    return [
      simd.batchNorm2dGradientSums({ ...all, rectified: null }, workOf(shape)),
      simd.batchNorm2dParameterGradient(all),
    ];
  },
});

/**
 * Gradient with respect to x in training, through the batch's own mean and
 * variance. `gradWeight` and `gradBias` are the sums that
 * {@linkcode batchNorm2dParameterGradient} made of this batch alone.
 */
export const batchNorm2dInputGradient = /* @__PURE__ */ kernel({
  name: "batchNorm2dInputGradient",
  operands: {
    gradOutput: "read",
    x: "read",
    mean: "read",
    invStd: "read",
    weight: "read",
    gradWeight: "read",
    gradBias: "read",
    gradX: "write",
  },
  reference: (arrays, shape: BatchNorm2dShape) =>
    reference.inputGradient(arrays, shape),
  webgpu: (
    { gradBias, gradOutput, gradWeight, gradX, invStd, mean, weight, x },
    shape,
    adapter,
  ) => {
    const sums = {
      factors: weight,
      weightSums: gradWeight,
      biasSums: gradBias,
    };
    const channels = { mean, invStd, ...sums };
    const bind = { x, gradOutput, gradX, ...channels };
    if (isSmall(shape)) {
      const { length } = gradX.buffer;
      const sizes = sizesOf(shape);
      return [elementwise(wgsl.inputGradientElements, length, bind, sizes)];
    }
    const options = planeOptions(shape, adapter);
    if (shape.area % 4 !== 0) {
      return [dispatch(wgsl.inputGradient, { bind, ...options })];
    }
    const fours = { xFours: x, gradOutputFours: gradOutput, gradXFours: gradX };
    return [
      dispatch(wgsl.inputGradientFours, {
        bind: { ...fours, ...channels },
        ...options,
      }),
    ];
  },
  wasm: (operands, shape) => [
    simd.batchNorm2dInputGradient(
      { ...operands, ...shape, rectified: null },
      workOf(shape),
    ),
  ],
});

/**
 * Gradient with respect to x in evaluation: `gradX = gradOutput · weight ·
 * invStd`.
 */
export const batchNorm2dEvalInputGradient = /* @__PURE__ */ kernel({
  name: "batchNorm2dEvalInputGradient",
  operands: {
    gradOutput: "read",
    invStd: "read",
    weight: "read",
    gradX: "write",
  },
  reference: (arrays, shape: BatchNorm2dShape) =>
    reference.evalInputGradient(arrays, shape),
  webgpu: ({ gradOutput, gradX, invStd, weight }, shape, adapter) => {
    const bind = { gradOutput, invStd, factors: weight, gradX };
    const { length } = gradX.buffer;
    const sizes = sizesOf(shape);
    return [
      isSmall(shape)
        ? elementwise(wgsl.evalInputGradientElements, length, bind, sizes)
        : dispatch(wgsl.evalInputGradient, {
          bind,
          ...planeOptions(shape, adapter),
        }),
    ];
  },
  wasm: (operands, shape) => [
    simd.batchNorm2dEvalInputGradient({ ...operands, ...shape }, workOf(shape)),
  ],
});

/** Whether workgroups for each plane would have little to do. */
function isSmall({ area }: BatchNorm2dShape): boolean {
  return area < 32;
}

function sizesOf({ area, channels }: BatchNorm2dShape) {
  return { area, channels };
}

/** Elements of a plane that a workgroup makes. */
const chunk = 1024;

/**
 * How planes are covered. A processor runs eight invocations at a time: a
 * workgroup has no more, so that each goes far by what it knows of its channel.
 */
function planeOptions(
  { area, batch, channels }: BatchNorm2dShape,
  { isSoftware }: AdapterTraits,
) {
  const parts = batch * channels * Math.ceil(area / chunk);
  return {
    constants: { channels, area, chunk, workgroupSize: isSoftware ? 8 : 64 },
    workgroups: workgroupsFor(parts, 1),
  };
}

/** Two sums of each plane, in f64. */
export function sumsOf({ batch, channels }: BatchNorm2dShape): Scratch {
  return new Scratch(batch * channels * 4);
}

/** Elements decide the split. */
export function workOf({ area, batch, channels }: BatchNorm2dShape) {
  return { work: batch * channels * area };
}
