/**
 * Where the window of a convolution or pooling meets the image, so that no
 * inner loop asks whether it has left the image.
 *
 * Along one axis, the element `kernel` of the window at `output` lies on the
 * pixel `input = output · stride + kernel · dilation − padding`. Hold one of
 * the three and the other two, as far as they are inside, run in even steps:
 * that is what a {@linkcode Pairs} holds for every position of the first.
 *
 * @module
 */

import type { Window2d } from "../shapes.ts";

/** One axis of a window that slides over an image. */
export interface Axis {
  /** Pixels of the input. */
  readonly input: number;
  /** Positions of the window. */
  readonly output: number;
  /** Elements of the window. */
  readonly kernel: number;
  /** Pixels from one position of the window to the next. */
  readonly stride: number;
  /** Pixels from one element of the window to the next. */
  readonly dilation: number;
  /** Pixels added at either end. */
  readonly padding: number;
}

/** The pairs that meet at each position, in even steps from a first one. */
export interface Pairs {
  /** How many pairs there are, for each position. */
  readonly count: Int32Array;
  /** Left half of the first pair, for each position. */
  readonly left: Int32Array;
  /** Right half of the first pair, for each position. */
  readonly right: Int32Array;
  /** From the left half of a pair to that of the next. */
  readonly leftStep: number;
  /** From the right half of a pair to that of the next. */
  readonly rightStep: number;
}

/** The image that a window slides over, with the result's size. */
interface Image2d extends Window2d {
  inHeight: number;
  inWidth: number;
  outHeight: number;
  outWidth: number;
}

/** The axis along the rows of the image. */
export function rowAxis(shape: Image2d): Axis {
  return {
    input: shape.inHeight,
    output: shape.outHeight,
    kernel: shape.kernelHeight,
    stride: shape.strideHeight,
    dilation: shape.dilationHeight,
    padding: shape.paddingHeight,
  };
}

/** The axis along the columns of the image. */
export function columnAxis(shape: Image2d): Axis {
  return {
    input: shape.inWidth,
    output: shape.outWidth,
    kernel: shape.kernelWidth,
    stride: shape.strideWidth,
    dilation: shape.dilationWidth,
    padding: shape.paddingWidth,
  };
}

/** For each output: the elements of its window (left) and their pixels. */
export function pairsPerOutput(axis: Axis): Pairs {
  const { input, output, kernel, stride, dilation, padding } = axis;
  return collect(output, kernel, 1, dilation, (position, left) => {
    const pixel = position * stride + left * dilation - padding;
    return pixel >= 0 && pixel < input ? pixel : -1;
  });
}

/** For each pixel: the elements (left) that lie on it, and their outputs. */
export function pairsPerInput(axis: Axis): Pairs {
  const { input, output, kernel, stride, dilation, padding } = axis;
  const common = greatestCommonDivisor(stride, dilation);
  return collect(
    input,
    kernel,
    stride / common,
    -dilation / common,
    (pixel, left) => {
      const position = (pixel + padding - left * dilation) / stride;
      return Number.isInteger(position) && position >= 0 && position < output
        ? position
        : -1;
    },
  );
}

/** For each element of the window: the outputs (left) and their pixels. */
export function pairsPerKernel(axis: Axis): Pairs {
  const { input, output, kernel, stride, dilation, padding } = axis;
  return collect(kernel, output, 1, stride, (element, left) => {
    const pixel = left * stride + element * dilation - padding;
    return pixel >= 0 && pixel < input ? pixel : -1;
  });
}

/** `rightOf` gives the right half that belongs to a left one, −1 for none. */
function collect(
  positions: number,
  lefts: number,
  leftStep: number,
  rightStep: number,
  rightOf: (position: number, left: number) => number,
): Pairs {
  const count = new Int32Array(positions);
  const firstLeft = new Int32Array(positions);
  const firstRight = new Int32Array(positions);
  for (let position = 0; position < positions; position++) {
    for (let left = 0; left < lefts; left++) {
      const right = rightOf(position, left);
      if (right < 0) continue;
      if (count[position] === 0) {
        firstLeft[position] = left;
        firstRight[position] = right;
      }
      count[position]++;
    }
  }
  return { count, left: firstLeft, right: firstRight, leftStep, rightStep };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
