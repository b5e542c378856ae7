import { fill } from "../../kernels/fill/fill.ts";
import {
  type Strided,
  stridedAxes,
  stridedCopy,
} from "../../kernels/strided/strided.ts";
import { describe } from "../base/errors.ts";
import { record } from "../core/tape.ts";
import { type AnyTensor, type Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { constantOf } from "./_constant.ts";

/** Some elements of a tensor in an order of their own. */
export interface View extends Strided {
  /** Sizes of the axes. */
  readonly sizes: Shape;
}

/** All elements of a tensor as they lie in memory. */
export function viewOf(shape: Shape): View {
  let stride = 1;
  const strides = shape.toReversed().map((size) => {
    const own = stride;
    stride *= size;
    return own;
  }).toReversed();
  return { sizes: shape, offset: 0, strides };
}

/**
 * A part of a view along an axis.
 *
 * @param start The first element.
 * @param size How many there are.
 * @param step From one to the next.
 */
export function viewAlong(
  { offset, sizes, strides }: View,
  axis: number,
  start: number,
  size: number,
  step = 1,
): View {
  return {
    sizes: sizes.with(axis, size),
    offset: offset + start * strides[axis],
    strides: strides.with(axis, strides[axis] * step),
  };
}

/** Copies elements from one view to another of the same sizes. */
export function copyView(
  source: AnyTensor,
  from: View,
  destination: AnyTensor,
  to: View,
): void {
  const { device } = source;
  const words = stridedAxes(from.sizes, from, to);
  const axes = constantOf(device, words);
  const operands = { source, axes, destination };
  device.run(stridedCopy, operands, { count: words[0] });
}

/**
 * The elements of a view, dense, in a tensor of its own. No element may be in the
 * view twice.
 *
 * @param shape The output's shape, where it is not that of the view.
 */
export function readView<D extends DType>(
  operation: string,
  x: Tensor<Shape, D>,
  view: View,
  shape: Shape = view.sizes,
): Tensor<Shape, D> {
  checkWords(operation, x);
  const output = Tensor.empty(x.device, shape, x.dtype);
  const dense = viewOf(view.sizes);
  copyView(x, view, output, dense);
  return record(output, [x], (gradOutput, [gradX]) => {
    if (gradX.length > output.length) zero(gradX);
    copyView(gradOutput, dense, gradX, view);
  });
}

/** Makes all elements 0. */
export function zero(tensor: Tensor): void {
  tensor.device.run(fill, { output: tensor }, 0);
}

/** Throws unless elements are words of 32 bits. */
export function checkWords(operation: string, { dtype }: AnyTensor): void {
  if (dtype !== "u8") return;
  throw new TypeError(describe({
    what: `${operation}: x`,
    expected: "f32 or i32 elements",
    got: dtype,
    help: "Make i32 tensors from an Int32Array, f32 ones from numbers.",
  }));
}
