import { float32FromBF16, float32FromF16 } from "./_half.ts";
import {
  HOST_ARRAYS,
  type HostArrays,
  type HostDtype,
  type HostTensor,
} from "./_host_tensor.ts";

/** The element types that a file may hold to be read here. */
export type FileDtype = HostDtype | "F16" | "BF16";

/** The size of one element, in bytes. */
export const ELEMENT_BYTES: Readonly<Record<FileDtype, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

/** A file's entry for one of its tensors. */
export interface TensorInfo {
  /** The element type in the file. */
  readonly dtype: FileDtype;
  /** The size of every dimension; `[]` for a scalar. */
  readonly shape: readonly number[];
}

/**
 * A tensor of a file's bytes, row-major and little-endian. F16 and BF16, which
 * have no typed array everywhere, become F32, exactly. It shares memory with
 * `bytes` where their alignment allows it.
 */
export function hostTensor(
  bytes: Uint8Array,
  dtype: FileDtype,
  shape: readonly number[],
): HostTensor {
  switch (dtype) {
    case "F16":
      return {
        dtype: "F32",
        shape,
        data: float32FromF16(elements(bytes, "U16")),
      };
    case "BF16":
      return {
        dtype: "F32",
        shape,
        data: float32FromBF16(elements(bytes, "U16")),
      };
    default:
      return { dtype, shape, data: elements(bytes, dtype) } as HostTensor;
  }
}

/** The bytes seen as elements: a view, or a copy where a view can't start. */
function elements<Dtype extends HostDtype>(
  bytes: Uint8Array,
  dtype: Dtype,
): HostArrays[Dtype] {
  const size = ELEMENT_BYTES[dtype];
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % size === 0
    ? bytes
    : new Uint8Array(bytes);
  return new HOST_ARRAYS[dtype](buffer, byteOffset, byteLength / size);
}
