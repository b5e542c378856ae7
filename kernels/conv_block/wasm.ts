import {
  batchNorm2dInvStd,
  batchNorm2dStatistics,
  sumsMemory,
} from "../batch_norm2d/batch_norm2d.ts";
import { conv2dForward } from "../conv2d/conv2d.ts";
import { winogradGradient } from "../conv2d/gradients.ts";
import { winogradForward } from "../conv2d/winograd/winograd.ts";
import { fill } from "../fill/fill.ts";
import {
  type AnyKernelCall,
  call,
  type CpuTraits,
  Scratch,
  type WasmCall,
} from "../kernel.ts";
import {
  type ConvBlockShape,
  type ConvBlockTraining,
  type EvalOperands,
  type ForwardOperands,
  type GradientOperands,
  isHalving,
  normalisationOf,
  sizeOf,
} from "./shape.ts";
import * as simd from "./simd.gen.ts";

type Steps = (WasmCall | AnyKernelCall)[];

/** Convolution and statistics, and all else in one pass over memory. */
export function forward(
  operands: ForwardOperands,
  shape: ConvBlockTraining,
): Steps | null {
  if (!isHalving(shape)) return null;
  const { bias, convolved, invStd, mean, numBatchesTracked, weight, x } =
    operands;
  const { runningMean, runningVar } = operands;
  const statistics = { runningMean, runningVar, numBatchesTracked };
  const norm = normalisationOf(shape);
  return [
    call(
      winogradForward,
      { x, weight, bias, output: convolved },
      shape.convolution,
    ),
    call(
      batchNorm2dStatistics,
      { x: convolved, ...statistics, mean, invStd },
      { ...norm, momentum: shape.momentum },
    ),
    finish(operands, shape),
  ];
}

/** As {@linkcode forward} with the running statistics. */
export function evalForward(
  operands: EvalOperands,
  shape: ConvBlockShape,
  cpu: CpuTraits,
): Steps | null {
  if (!isHalving(shape)) return null;
  const { bias, output, runningMean, runningVar, weight, x } = operands;
  const norm = normalisationOf(shape);
  const convolved = new Scratch(sizeOf(norm));
  const invStd = new Scratch(norm.channels);
  const picked = new Scratch(output.buffer.length);
  // A prediction that is not recorded has direct sums: its digits count more than
  // its time. With ten epochs' weights, logits up to 37 are then within 8e-6 of
  // the true ones, and within 2.3e-5 by Winograd's algorithm.
  const convolution = cpu.recording ? winogradForward : conv2dForward;
  const given = { x, weight, bias, output: convolved };
  return [
    call(convolution, given, shape.convolution),
    call(batchNorm2dInvStd, { variance: runningVar, invStd }, norm),
    finish(
      { ...operands, convolved, mean: runningMean, invStd, picked },
      shape,
    ),
  ];
}

/** Two passes over memory, and the gradients of the convolution. */
export function gradient(
  operands: GradientOperands,
  shape: ConvBlockShape,
  cpu: CpuTraits,
): Steps | null {
  if (!isHalving(shape)) return null;
  const { convolution, pooling } = shape;
  const { batch, channels, outHeight, outWidth } = pooling;
  const norm = normalisationOf(shape);
  const area = outHeight * outWidth;
  const gradConvolved = new Scratch(sizeOf(norm));
  const { gradBias, gradWeight, gradX, weight, x } = operands;
  const steps: Steps = [
    simd.convBlockGradientSums(
      { ...operands, batch, channels, area, ...sumsMemory(cpu, norm) },
      { work: batch * channels * area, label: "convBlockGradientSums" },
    ),
  ];
  if (gradX !== null || gradWeight !== null) {
    steps.push(
      simd.convBlockGradConvolved(
        { ...operands, ...planesOf(shape), gradConvolved },
        { work: sizeOf(norm), label: "convBlockGradConvolved" },
      ),
      call(
        winogradGradient,
        { gradOutput: gradConvolved, x, weight, gradX, gradWeight },
        convolution,
      ),
    );
  }
  // The normalisation takes the mean away, whatever the bias was.
  if (gradBias !== null) steps.push(call(fill, { output: gradBias }, 0));
  return steps;
}

/** Normalises, rectifies and pools. */
function finish(
  operands: Pick<
    ForwardOperands,
    "convolved" | "mean" | "invStd" | "scale" | "shift" | "output" | "picked"
  >,
  shape: ConvBlockShape,
): WasmCall {
  return simd.convBlockFinish(
    { ...operands, ...planesOf(shape) },
    { work: sizeOf(normalisationOf(shape)), label: "convBlockFinish" },
  );
}

/** The planes of the convolution's output. */
function planesOf({ convolution }: ConvBlockShape) {
  const { batch, outChannels, outHeight, outWidth } = convolution;
  return {
    batch,
    channels: outChannels,
    height: outHeight,
    width: outWidth,
  };
}
