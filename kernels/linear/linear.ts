import { channelSum } from "../channel_sum/channel_sum.ts";
import {
  type AnyKernelCall,
  call,
  kernel,
  type NumberArray,
  type WasmCall,
} from "../kernel.ts";
import {
  columnSumShape,
  forwardBytes,
  forwardSignature,
  gradientSignature,
  type LinearShape,
  productsOf,
} from "./signature.ts";
import { threadMemory } from "../lib/thread_memory.ts";
import * as simd from "./simd.gen.ts";
import * as webgpu from "./webgpu.ts";

export type { LinearShape } from "./signature.ts";

/**
 * `output = x · weightᵀ + bias`: x `[batch, inFeatures]`, weight `[outFeatures,
 * inFeatures]`, bias `[outFeatures]` or null.
 */
export const linearForward = /* @__PURE__ */ kernel({
  name: "linearForward",
  operands: forwardSignature,
  cost: (shape: LinearShape) => ({ operations: 2 * productsOf(shape) }),
  reference({ bias, output, weight, x }, shape: LinearShape) {
    const { batch, inFeatures, outFeatures } = shape;
    for (let row = 0; row < batch; row++) {
      for (let column = 0; column < outFeatures; column++) {
        let sum = bias === null ? 0 : bias[column];
        for (let i = 0; i < inFeatures; i++) {
          sum += x[row * inFeatures + i] * weight[column * inFeatures + i];
        }
        output[row * outFeatures + column] = sum;
      }
    }
  },
  webgpu: webgpu.forward,
  wasm: (operands, shape, cpu) => [
    simd.linearForward(
      { ...operands, ...shape, ...threadMemory(cpu, forwardBytes) },
      { work: productsOf(shape) },
    ),
  ],
});

/**
 * The gradients with respect to x, `gradOutput · weight`, to the weight,
 * `gradOutputᵀ · x`, and to the bias, the sum of `gradOutput` over the batch;
 * null where one is not wanted.
 */
export const linearGradient = /* @__PURE__ */ kernel({
  name: "linearGradient",
  operands: gradientSignature,
  reference(
    { gradBias, gradOutput, gradWeight, gradX, weight, x },
    shape: LinearShape,
  ) {
    if (gradX !== null) inputGradient(gradOutput, weight, gradX, shape);
    if (gradWeight !== null) weightGradient(gradOutput, x, gradWeight, shape);
    if (gradBias === null) return;
    const arrays = { x: gradOutput, output: gradBias };
    channelSum.reference(arrays, columnSumShape(shape));
  },
  webgpu: webgpu.gradient,
  wasm({ gradBias, gradOutput, gradWeight, gradX, weight, x }, shape) {
    const steps: (WasmCall | AnyKernelCall)[] = [];
    const products = productsOf(shape);
    const work = { work: products, cost: { operations: 2 * products } };
    if (gradX !== null) {
      const args = { ...shape, gradOutput, weight, gradX };
      const label = "linearInputGradient";
      steps.push(simd.linearInputGradient(args, { ...work, label }));
    }
    if (gradWeight !== null) {
      const args = { ...shape, gradOutput, x, gradWeight };
      const label = "linearWeightGradient";
      steps.push(simd.linearWeightGradient(args, { ...work, label }));
    }
    if (gradBias !== null) {
      const operands = { x: gradOutput, output: gradBias };
      steps.push(call(channelSum, operands, columnSumShape(shape)));
    }
    return steps;
  },
});

/** `gradX = gradOutput · weight`. */
function inputGradient(
  gradOutput: NumberArray,
  weight: NumberArray,
  gradX: NumberArray,
  { batch, inFeatures, outFeatures }: LinearShape,
): void {
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < inFeatures; column++) {
      let sum = 0;
      for (let i = 0; i < outFeatures; i++) {
        sum += gradOutput[row * outFeatures + i] *
          weight[i * inFeatures + column];
      }
      gradX[row * inFeatures + column] = sum;
    }
  }
}

/** `gradWeight = gradOutputᵀ · x`. */
function weightGradient(
  gradOutput: NumberArray,
  x: NumberArray,
  gradWeight: NumberArray,
  { batch, inFeatures, outFeatures }: LinearShape,
): void {
  for (let row = 0; row < outFeatures; row++) {
    for (let column = 0; column < inFeatures; column++) {
      let sum = 0;
      for (let i = 0; i < batch; i++) {
        sum += gradOutput[i * outFeatures + row] * x[i * inFeatures + column];
      }
      gradWeight[row * inFeatures + column] = sum;
    }
  }
}
