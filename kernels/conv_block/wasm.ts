import { batchNorm2dStatistics, sumsOf } from "../batch_norm2d/batch_norm2d.ts";
import { batchNorm2dParameterGradient } from "../batch_norm2d/simd.gen.ts";
import { winogradGradient } from "../conv2d/gradients.ts";
import { winogradForward } from "../conv2d/winograd/winograd.ts";
import { fill } from "../fill/fill.ts";
import { type AnyKernelCall, call, Scratch, type WasmCall } from "../kernel.ts";
import {
  type ConvBlockShape,
  type ConvBlockTraining,
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

/** Two passes over memory, and the gradients of the convolution. */
export function gradient(
  operands: GradientOperands,
  shape: ConvBlockShape,
): Steps | null {
  if (!isHalving(shape)) return null;
  const { convolution, pooling } = shape;
  const { batch, channels, outHeight, outWidth } = pooling;
  const norm = normalisationOf(shape);
  const area = outHeight * outWidth;
  const gradConvolved = new Scratch(sizeOf(norm));
  const { gradBias, gradScale, gradShift, gradWeight, gradX, invStd } =
    operands;
  const { weight, x } = operands;
  const sums = sumsOf(norm);
  const steps: Steps = [
    simd.convBlockGradientSums(
      { ...operands, batch, channels, area, sums },
      { work: batch * channels * area, label: "convBlockGradientSums" },
    ),
    batchNorm2dParameterGradient({
      sums,
      invStd,
      gradWeight: gradScale,
      gradBias: gradShift,
      batch,
      channels,
    }),
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
export function finish(
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
