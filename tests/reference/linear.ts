import type { LinearShape } from "../../kernels/shapes.ts";

/**
 * `x · weightᵀ + bias`: `x` `[batch, inFeatures]`, `weight`
 * `[outFeatures, inFeatures]`, `bias` `[outFeatures]` or null.
 */
export function linearForward(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array | null,
  shape: LinearShape,
): Float64Array {
  const { batch, inFeatures, outFeatures } = shape;
  const output = new Float64Array(batch * outFeatures);
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < outFeatures; column++) {
      let sum = bias === null ? 0 : bias[column];
      for (let i = 0; i < inFeatures; i++) {
        sum += x[row * inFeatures + i] * weight[column * inFeatures + i];
      }
      output[row * outFeatures + column] = sum;
    }
  }
  return output;
}

/** Gradient by `x`: `gradOutput · weight`. */
export function linearInputGradient(
  gradOutput: Float64Array,
  weight: Float64Array,
  shape: LinearShape,
): Float64Array {
  const { batch, inFeatures, outFeatures } = shape;
  const gradX = new Float64Array(batch * inFeatures);
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < outFeatures; column++) {
      for (let i = 0; i < inFeatures; i++) {
        gradX[row * inFeatures + i] += gradOutput[row * outFeatures + column] *
          weight[column * inFeatures + i];
      }
    }
  }
  return gradX;
}

/** Gradient by the weight: `gradOutputᵀ · x`. */
export function linearWeightGradient(
  gradOutput: Float64Array,
  x: Float64Array,
  shape: LinearShape,
): Float64Array {
  const { batch, inFeatures, outFeatures } = shape;
  const gradWeight = new Float64Array(outFeatures * inFeatures);
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < outFeatures; column++) {
      for (let i = 0; i < inFeatures; i++) {
        gradWeight[column * inFeatures + i] +=
          gradOutput[row * outFeatures + column] * x[row * inFeatures + i];
      }
    }
  }
  return gradWeight;
}

/** Gradient by the bias: sum over the batch. */
export function linearBiasGradient(
  gradOutput: Float64Array,
  shape: LinearShape,
): Float64Array {
  const gradBias = new Float64Array(shape.outFeatures);
  for (let i = 0; i < gradOutput.length; i++) {
    gradBias[i % shape.outFeatures] += gradOutput[i];
  }
  return gradBias;
}
