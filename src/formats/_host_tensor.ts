/** The typed array that holds the elements of each {@linkcode HostDtype}. */
export interface HostArrays {
  /** 64-bit floats. */
  F64: Float64Array;
  /** 32-bit floats. */
  F32: Float32Array;
  /** Signed 64-bit integers. */
  I64: BigInt64Array;
  /** Signed 32-bit integers. */
  I32: Int32Array;
  /** Signed 16-bit integers. */
  I16: Int16Array;
  /** Signed 8-bit integers. */
  I8: Int8Array;
  /** Unsigned 64-bit integers. */
  U64: BigUint64Array;
  /** Unsigned 32-bit integers. */
  U32: Uint32Array;
  /** Unsigned 16-bit integers. */
  U16: Uint16Array;
  /** Unsigned 8-bit integers. */
  U8: Uint8Array;
  /** Truth values, one byte each: 0 is false, 1 is true. */
  BOOL: Uint8Array;
}

/** The element type of a {@linkcode HostTensor}. */
export type HostDtype = keyof HostArrays;

/**
 * A tensor in the memory of the program: its elements in row-major order.
 * `dtype` tells the type of `data`.
 *
 * @category Files
 */
export type HostTensor = {
  [Dtype in HostDtype]: {
    /** The element type. */
    readonly dtype: Dtype;
    /** The size of every dimension; `[]` for a scalar. */
    readonly shape: readonly number[];
    /** The elements, as many as the product of `shape`. */
    readonly data: HostArrays[Dtype];
  };
}[HostDtype];

/** The constructor of the array that holds each element type. */
export const HOST_ARRAYS: {
  readonly [Dtype in HostDtype]: new (
    buffer: ArrayBufferLike,
    byteOffset: number,
    length: number,
  ) => HostArrays[Dtype];
} = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};
