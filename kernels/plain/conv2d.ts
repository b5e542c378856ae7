/**
 * 2-D convolution, as cross-correlation, and its gradients. Images are
 * `[batch, channels, height, width]`, weights
 * `[outChannels, inChannels, kernelHeight, kernelWidth]`.
 *
 * All three kernels work on four channels at a time: one operand is laid out
 * anew so that its values for four channels are neighbours, and each value of
 * the other is then loaded once for four products. Every sum is held in f64
 * and rounded once, when it is stored.
 *
 * Order of additions: forward over input channel, kernel row, kernel column,
 * with the bias first; input gradient over output channel, kernel row, kernel
 * column; weight gradient over image, row, column, each image's sum on its
 * own; bias gradient over image, pixel.
 *
 * @module
 */

import type { Conv2dShape } from "../shapes.ts";
import {
  columnAxis,
  type Pairs,
  pairsPerInput,
  pairsPerKernel,
  pairsPerOutput,
  rowAxis,
} from "./_pairs.ts";

/** Channels that one pass over the other operand serves. */
const LANES = 4;

/** `output = conv2d(x, weight) + bias`. */
export function conv2dForward(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | null,
  output: Float32Array,
  shape: Conv2dShape,
): void {
  const { inChannels, outChannels, kernelHeight, kernelWidth } = shape;
  const kernelArea = kernelHeight * kernelWidth;
  const lanes = new Float64Array(laned(outChannels) * inChannels * kernelArea);
  interleave(weight, 0, outChannels, inChannels * kernelArea, lanes);
  correlate({
    source: x,
    sourceChannels: inChannels,
    sourceHeight: shape.inHeight,
    sourceWidth: shape.inWidth,
    weight: lanes,
    kernelArea,
    kernelWidth,
    bias,
    result: output,
    batch: shape.batch,
    channels: outChannels,
    height: shape.outHeight,
    width: shape.outWidth,
    rows: pairsPerOutput(rowAxis(shape)),
    columns: pairsPerOutput(columnAxis(shape)),
  });
}

/** Sums, for every pixel of `x`, over the outputs that it took part in. */
export function conv2dInputGradient(
  gradOutput: Float32Array,
  weight: Float32Array,
  gradX: Float32Array,
  shape: Conv2dShape,
): void {
  const { inChannels, outChannels, kernelHeight, kernelWidth } = shape;
  const kernelArea = kernelHeight * kernelWidth;
  const lanes = new Float64Array(laned(inChannels) * outChannels * kernelArea);
  const swapped = swapChannels(weight, shape);
  interleave(swapped, 0, inChannels, outChannels * kernelArea, lanes);
  correlate({
    source: gradOutput,
    sourceChannels: outChannels,
    sourceHeight: shape.outHeight,
    sourceWidth: shape.outWidth,
    weight: lanes,
    kernelArea,
    kernelWidth,
    bias: null,
    result: gradX,
    batch: shape.batch,
    channels: inChannels,
    height: shape.inHeight,
    width: shape.inWidth,
    rows: pairsPerInput(rowAxis(shape)),
    columns: pairsPerInput(columnAxis(shape)),
  });
}

/** Sums, for every weight, over the pixels that it lay on. */
export function conv2dWeightGradient(
  gradOutput: Float32Array,
  x: Float32Array,
  gradWeight: Float32Array,
  shape: Conv2dShape,
): void {
  const { batch, inChannels, outChannels } = shape;
  const outArea = shape.outHeight * shape.outWidth;
  const inArea = shape.inHeight * shape.inWidth;
  const size = inChannels * shape.kernelHeight * shape.kernelWidth;
  const rows = pairsPerKernel(rowAxis(shape));
  const columns = pairsPerKernel(columnAxis(shape));
  const lanes = new Float64Array(laned(outChannels) * outArea);
  const sums = new Float64Array(laned(outChannels) * size);
  for (let image = 0; image < batch; image++) {
    const first = image * outChannels * outArea;
    interleave(gradOutput, first, outChannels, outArea, lanes);
    for (let group = 0; group * LANES < outChannels; group++) {
      for (let channel = 0; channel < inChannels; channel++) {
        addWeightSums(
          lanes,
          group * outArea * LANES,
          x,
          (image * inChannels + channel) * inArea,
          sums,
          (group * inChannels + channel) * (size / inChannels) * LANES,
          shape,
          rows,
          columns,
        );
      }
    }
  }
  for (let i = 0; i < gradWeight.length; i++) {
    const channel = Math.floor(i / size);
    const group = Math.floor(channel / LANES);
    gradWeight[i] = sums[(group * size + i % size) * LANES + channel % LANES];
  }
}

/** Sum of `gradOutput` over images and pixels, per output channel. */
export function conv2dBiasGradient(
  gradOutput: Float32Array,
  gradBias: Float32Array,
  shape: Conv2dShape,
): void {
  const { batch, outChannels } = shape;
  const area = shape.outHeight * shape.outWidth;
  for (let channel = 0; channel < outChannels; channel++) {
    let sum = 0;
    for (let image = 0; image < batch; image++) {
      const first = (image * outChannels + channel) * area;
      for (let i = first; i < first + area; i++) sum += gradOutput[i];
    }
    gradBias[channel] = sum;
  }
}

/** What {@linkcode correlate} works on. */
interface Correlation {
  /** `[batch, sourceChannels, sourceHeight, sourceWidth]`. */
  source: Float32Array;
  sourceChannels: number;
  sourceHeight: number;
  sourceWidth: number;
  /** `[channels / 4, sourceChannels, kernelArea, 4]`. */
  weight: Float64Array;
  kernelArea: number;
  kernelWidth: number;
  /** `[channels]`. */
  bias: Float32Array | null;
  /** `[batch, channels, height, width]`. */
  result: Float32Array;
  batch: number;
  channels: number;
  height: number;
  width: number;
  /** For each row of the result: kernel rows and the source rows they meet. */
  rows: Pairs;
  /** The same for each column of the result. */
  columns: Pairs;
}

/** Each result is the sum of the source values that its pairs name, weighted. */
function correlate(job: Correlation): void {
  const { batch, channels, height, width, bias, result } = job;
  const sums = new Float64Array(LANES);
  for (let image = 0; image < batch; image++) {
    for (let first = 0; first < channels; first += LANES) {
      const lanes = Math.min(LANES, channels - first);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          for (let lane = 0; lane < lanes; lane++) {
            sums[lane] = bias === null ? 0 : bias[first + lane];
          }
          addPixel(job, image, first / LANES, row, column, sums);
          for (let lane = 0; lane < lanes; lane++) {
            const plane = (image * channels + first + lane) * height;
            result[(plane + row) * width + column] = sums[lane];
          }
        }
      }
    }
  }
}

/** Adds the weighted sums of one pixel for the four channels of a group. */
function addPixel(
  job: Correlation,
  image: number,
  group: number,
  row: number,
  column: number,
  sums: Float64Array,
): void {
  const { source, sourceChannels, sourceHeight, sourceWidth, weight } = job;
  const { kernelArea, kernelWidth, rows, columns } = job;
  const rowCount = rows.count[row];
  const columnCount = columns.count[column];
  const sourceStep = columns.rightStep;
  const sourceRowStep = rows.rightStep * sourceWidth;
  const weightStep = columns.leftStep * LANES;
  const weightRowStep = rows.leftStep * kernelWidth * LANES;
  const sourceStart = rows.right[row] * sourceWidth + columns.right[column];
  const weightStart = rows.left[row] * kernelWidth + columns.left[column];
  let sum0 = sums[0], sum1 = sums[1], sum2 = sums[2], sum3 = sums[3];
  for (let channel = 0; channel < sourceChannels; channel++) {
    let sourceRow = sourceStart +
      (image * sourceChannels + channel) * sourceHeight * sourceWidth;
    let weightRow = LANES * (weightStart +
      (group * sourceChannels + channel) * kernelArea);
    for (let i = 0; i < rowCount; i++) {
      let from = sourceRow;
      let by = weightRow;
      for (let j = 0; j < columnCount; j++) {
        const value = source[from];
        sum0 += value * weight[by];
        sum1 += value * weight[by + 1];
        sum2 += value * weight[by + 2];
        sum3 += value * weight[by + 3];
        from += sourceStep;
        by += weightStep;
      }
      sourceRow += sourceRowStep;
      weightRow += weightRowStep;
    }
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
}

/** Adds one image's part to the gradients of one input channel's weights. */
function addWeightSums(
  gradOutput: Float64Array,
  gradStart: number,
  x: Float32Array,
  xStart: number,
  sums: Float64Array,
  sumsStart: number,
  shape: Conv2dShape,
  rows: Pairs,
  columns: Pairs,
): void {
  const { inWidth, outWidth, kernelHeight, kernelWidth } = shape;
  const step = columns.rightStep;
  for (let kernelRow = 0; kernelRow < kernelHeight; kernelRow++) {
    const rowCount = rows.count[kernelRow];
    const outRow = rows.left[kernelRow];
    const inRow = rows.right[kernelRow];
    for (let kernelColumn = 0; kernelColumn < kernelWidth; kernelColumn++) {
      const columnCount = columns.count[kernelColumn];
      const outColumn = columns.left[kernelColumn];
      const inColumn = columns.right[kernelColumn];
      let sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
      for (let i = 0; i < rowCount; i++) {
        let by = gradStart + ((outRow + i) * outWidth + outColumn) * LANES;
        let from = xStart + (inRow + i * rows.rightStep) * inWidth + inColumn;
        for (let j = 0; j < columnCount; j++) {
          const value = x[from];
          sum0 += value * gradOutput[by];
          sum1 += value * gradOutput[by + 1];
          sum2 += value * gradOutput[by + 2];
          sum3 += value * gradOutput[by + 3];
          from += step;
          by += LANES;
        }
      }
      const at = sumsStart + (kernelRow * kernelWidth + kernelColumn) * LANES;
      sums[at] += sum0;
      sums[at + 1] += sum1;
      sums[at + 2] += sum2;
      sums[at + 3] += sum3;
    }
  }
}

/** Channels rounded up to whole groups. */
function laned(channels: number): number {
  return Math.ceil(channels / LANES) * LANES;
}

/** `[channels, size]` as `[channels / 4, size, 4]`. */
function interleave(
  values: Float32Array,
  start: number,
  channels: number,
  size: number,
  output: Float64Array,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const from = start + channel * size;
    const group = Math.floor(channel / LANES);
    const to = group * size * LANES + channel % LANES;
    for (let i = 0; i < size; i++) output[to + i * LANES] = values[from + i];
  }
}

/** `[outChannels, inChannels, …]` as `[inChannels, outChannels, …]`. */
function swapChannels(weight: Float32Array, shape: Conv2dShape): Float32Array {
  const { inChannels, outChannels } = shape;
  const area = shape.kernelHeight * shape.kernelWidth;
  const swapped = new Float32Array(weight.length);
  for (let row = 0; row < outChannels; row++) {
    for (let column = 0; column < inChannels; column++) {
      const from = (row * inChannels + column) * area;
      const to = (column * outChannels + row) * area;
      for (let i = 0; i < area; i++) swapped[to + i] = weight[from + i];
    }
  }
  return swapped;
}
