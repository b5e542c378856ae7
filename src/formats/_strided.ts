/** Elements of a storage, as PyTorch addresses them. */
export interface StridedView {
  /** The first element. */
  readonly offset: number;
  /** The size of every dimension. */
  readonly shape: readonly number[];
  /** Elements from one index to the next, for every dimension. */
  readonly strides: readonly number[];
}

/** Strides of a row-major tensor. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides: number[] = [];
  shape.reduceRight((stride, size) => {
    strides.unshift(stride);
    return stride * size;
  }, 1);
  return strides;
}

/** The first element that a view does not reach; its offset if it is empty. */
export function endOf({ offset, shape, strides }: StridedView): number {
  if (shape.includes(0)) return offset;
  return shape.reduce(
    (end, size, axis) => end + (size - 1) * strides[axis],
    offset + 1,
  );
}

/**
 * The bytes of a view's elements, row-major: a part of `storage` where they
 * lie so already, else a copy.
 */
export function gather(
  storage: Uint8Array,
  view: StridedView,
  elementBytes: number,
): Uint8Array {
  const { offset, shape, strides } = view;
  const count = shape.reduce((product, size) => product * size, 1);
  const dense = rowMajor(shape);
  const isDense = count === 0 ||
    shape.every((size, axis) => size === 1 || strides[axis] === dense[axis]);
  if (isDense) {
    const begin = offset * elementBytes;
    return storage.subarray(begin, begin + count * elementBytes);
  }
  const bytes = new Uint8Array(count * elementBytes);
  const index = shape.map(() => 0);
  let source = offset;
  for (let target = 0; target < bytes.length; target += elementBytes) {
    const begin = source * elementBytes;
    for (let byte = 0; byte < elementBytes; byte++) {
      bytes[target + byte] = storage[begin + byte];
    }
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis];
      if (++index[axis] < shape[axis]) break;
      source -= shape[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return bytes;
}
