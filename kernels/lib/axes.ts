/**
 * Axes of tensors as kernels read them: i32 words, the innermost axis first.
 *
 * @module
 */

import type { NumberArray } from "../kernel.ts";

/**
 * The axes of an output and of operands that are broadcast to it, as NumPy
 * does: for each axis its size and the stride of each operand, 0 where that
 * has a single element.
 *
 * @param output Shape of the output.
 * @param operands Shapes of the operands, each with as many axes or fewer.
 */
export function broadcastAxes(
  output: readonly number[],
  ...operands: readonly (readonly number[])[]
): Int32Array {
  const strides = operands.map((shape) => stridesOf(shape).toReversed());
  return Int32Array.from(
    output.toReversed().flatMap((size, axis) => [
      size,
      ...strides.map((own) => own[axis] ?? 0),
    ]),
  );
}

/** Where the elements of each operand are, for each element of the output. */
export function broadcastIndices(
  axes: NumberArray,
  length: number,
  operands = 2,
): Uint32Array[] {
  const words = 1 + operands;
  return Array.from({ length: operands }, (_, operand) => {
    const indices = new Uint32Array(length);
    const coordinates = new Uint32Array(axes.length / words);
    let index = 0;
    for (let element = 0; element < length; element++) {
      indices[element] = index;
      // On to the next coordinate, which may end axes one after the other.
      for (let axis = 0; axis < coordinates.length; axis++) {
        const size = axes[words * axis];
        const stride = axes[words * axis + 1 + operand];
        index += stride;
        if (++coordinates[axis] < size) break;
        coordinates[axis] = 0;
        index -= size * stride;
      }
    }
    return indices;
  });
}

/**
 * Operands with an element for each of the output: without axes an operand has
 * its length, or one element. Null stays null.
 */
export function expandedOperands<T extends NumberArray | null>(
  axes: NumberArray | null,
  length: number,
  operands: readonly T[],
): (T | Float64Array)[] {
  const indices = axes && broadcastIndices(axes, length, operands.length);
  return operands.map((operand, at) => {
    if (operand === null || operand.length === length) return operand;
    const expanded = new Float64Array(length);
    if (indices === null) return expanded.fill(operand[0]);
    const own = indices[at];
    for (let i = 0; i < length; i++) expanded[i] = operand[own[i]];
    return expanded;
  });
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
