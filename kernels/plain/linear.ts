/**
 * Linear layer, `x` `[batch, inFeatures]` times `weight`
 * `[outFeatures, inFeatures]` transposed, and its gradients. Sums are held in
 * f64 and run over features, or over the batch, in order.
 *
 * @module
 */

import type { LinearShape } from "../shapes.ts";

/** `output = x · weightᵀ + bias`. */
export function linearForward(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | null,
  output: Float32Array,
  shape: LinearShape,
): void {
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
}

/** The gradients that are wanted: the others are null. */
export function linearGradient(
  gradOutput: Float32Array,
  x: Float32Array,
  weight: Float32Array,
  gradX: Float32Array | null,
  gradWeight: Float32Array | null,
  gradBias: Float32Array | null,
  shape: LinearShape,
): void {
  if (gradX) inputGradient(gradOutput, weight, gradX, shape);
  if (gradWeight) weightGradient(gradOutput, x, gradWeight, shape);
  if (gradBias) biasGradient(gradOutput, gradBias, shape);
}

/** `gradX = gradOutput · weight`. */
function inputGradient(
  gradOutput: Float32Array,
  weight: Float32Array,
  gradX: Float32Array,
  shape: LinearShape,
): void {
  const { batch, inFeatures, outFeatures } = shape;
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
  gradOutput: Float32Array,
  x: Float32Array,
  gradWeight: Float32Array,
  shape: LinearShape,
): void {
  const { batch, inFeatures, outFeatures } = shape;
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

/** `gradBias = Σ gradOutput` over the batch. */
function biasGradient(
  gradOutput: Float32Array,
  gradBias: Float32Array,
  shape: LinearShape,
): void {
  const { batch, outFeatures } = shape;
  for (let column = 0; column < outFeatures; column++) {
    let sum = 0;
    for (let row = 0; row < batch; row++) {
      sum += gradOutput[row * outFeatures + column];
    }
    gradBias[column] = sum;
  }
}
