/**
 * Axes of tensors as kernels read them: i32 words, the innermost axis first.
 *
 * @module
 */

import type { NumberArray } from "../kernel.ts";

/**
 * The axes of an output and of two operands that are broadcast to it, as NumPy
 * does: for each axis its size and the strides of both operands, 0 where one
 * has a single element.
 *
 * @param output Shape of the output.
 * @param left Shape of an operand, with as many axes or fewer.
 * @param right The same.
 */
export function broadcastAxes(
  output: readonly number[],
  left: readonly number[],
  right: readonly number[],
): Int32Array {
  const strides = [left, right].map((shape) => stridesOf(shape).toReversed());
  return Int32Array.from(
    output.toReversed().flatMap((size, axis) => [
      size,
      strides[0][axis] ?? 0,
      strides[1][axis] ?? 0,
    ]),
  );
}

/** Where the elements of both operands are, for each element of the output. */
export function broadcastIndices(
  axes: NumberArray,
  length: number,
): [left: Uint32Array, right: Uint32Array] {
  const left = new Uint32Array(length), right = new Uint32Array(length);
  for (let index = 0; index < length; index++) {
    let rest = index;
    for (let axis = 0; axis < axes.length; axis += 3) {
      const coordinate = rest % axes[axis];
      rest = (rest - coordinate) / axes[axis];
      left[index] += coordinate * axes[axis + 1];
      right[index] += coordinate * axes[axis + 2];
    }
  }
  return [left, right];
}

/**
 * The axes of a tensor that is reduced: how many are kept; then size and stride
 * of each that is kept; then those of each that is reduced.
 *
 * @param shape Shape of the tensor.
 * @param isReduced Whether an axis is, by its index.
 */
export function reductionAxes(
  shape: readonly number[],
  isReduced: (axis: number) => boolean,
): Int32Array {
  const strides = stridesOf(shape);
  const all = shape.map((size, axis) => ({ axis, size })).toReversed();
  const wordsOf = (axes: typeof all) =>
    axes.flatMap(({ axis, size }) => [size, strides[axis]]);
  const kept = all.filter(({ axis }) => !isReduced(axis));
  const reduced = all.filter(({ axis }) => isReduced(axis));
  return Int32Array.of(kept.length, ...wordsOf(kept), ...wordsOf(reduced));
}

/** Where the element `index` is, counted along the axes from `first` to `end`. */
export function offsetAlong(
  axes: NumberArray,
  first: number,
  end: number,
  index: number,
): number {
  let rest = index;
  let offset = 0;
  for (let axis = first; axis < end; axis += 2) {
    const coordinate = rest % axes[axis];
    rest = (rest - coordinate) / axes[axis];
    offset += coordinate * axes[axis + 1];
  }
  return offset;
}

/** Elements from one to the next along each axis; 0 along an axis of one. */
function stridesOf(shape: readonly number[]): number[] {
  let stride = 1;
  return shape.toReversed().map((size) => {
    const own = size === 1 ? 0 : stride;
    stride *= size;
    return own;
  }).toReversed();
}
