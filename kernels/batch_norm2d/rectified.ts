import { type AnyKernelCall, call, kernel, Scratch } from "../kernel.ts";
import { reluKernels } from "../relu/relu.ts";
import {
  batchNorm2dInputGradient,
  batchNorm2dNormalise,
  batchNorm2dParameterGradient,
  type BatchNorm2dShape,
  sumsOf,
  workOf,
} from "./batch_norm2d.ts";
import * as simd from "./simd.gen.ts";

/** `output = max((x − mean) · invStd · weight + bias, 0)`, per channel. */
export const batchNorm2dRelu = /* @__PURE__ */ kernel({
  name: "batchNorm2dRelu",
  operands: {
    x: "read",
    mean: "read",
    invStd: "read",
    weight: "read",
    bias: "read",
    output: "write",
  },
  compose({ output, ...operands }, shape: BatchNorm2dShape) {
    const normalised = new Scratch(output.buffer.length);
    return [
      call(batchNorm2dNormalise, { ...operands, output: normalised }, shape),
      call(reluKernels.forward, { x: normalised, output }, undefined),
    ];
  },
  wasm: (operands, shape) => [
    simd.batchNorm2dNormalise(
      { ...operands, ...shape, least: 0 },
      workOf(shape),
    ),
  ],
});

/**
 * The gradients of {@linkcode batchNorm2dRelu} in training, from what it wrote:
 * gradOutput counts where `output` is above 0. That with respect to x goes
 * through the batch's own mean and variance; null is not wanted.
 */
export const batchNorm2dReluGradient = /* @__PURE__ */ kernel({
  name: "batchNorm2dReluGradient",
  operands: {
    gradOutput: "read",
    output: "read",
    x: "read",
    mean: "read",
    invStd: "read",
    weight: "read",
    gradWeight: "write",
    gradBias: "write",
    gradX: "write?",
  },
  compose(
    { gradOutput, output, ...operands },
    shape: BatchNorm2dShape,
  ): AnyKernelCall[] {
    const { gradBias, gradWeight, gradX, invStd, mean, weight, x } = operands;
    const unblocked = new Scratch(output.buffer.length);
    const given = {
      gradOutput: unblocked,
      x,
      mean,
      invStd,
      gradWeight,
      gradBias,
    };
    const relu = { gradOutput, x: null, output, gradX: unblocked };
    const calls: AnyKernelCall[] = [
      call(reluKernels.gradient, relu, undefined),
      call(batchNorm2dParameterGradient, given, shape),
    ];
    if (gradX !== null) {
      const operands = { ...given, weight, gradX };
      calls.push(call(batchNorm2dInputGradient, operands, shape));
    }
    return calls;
  },
  wasm({ gradX, output: rectified, weight, ...given }, shape) {
    const work = workOf(shape);
    const operands = { ...given, ...shape, rectified, sums: sumsOf(shape) };
    const calls = [
      simd.batchNorm2dGradientSums(operands, {
        ...work,
        label: "batchNorm2dReluGradientSums",
      }),
      simd.batchNorm2dParameterGradient(operands),
    ];
    if (gradX !== null) {
      calls.push(simd.batchNorm2dInputGradient({ ...operands, weight, gradX }, {
        ...work,
        label: "batchNorm2dReluInputGradient",
      }));
    }
    return calls;
  },
});
