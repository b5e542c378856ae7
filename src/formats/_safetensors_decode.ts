import { float32FromBF16, float32FromF16 } from "./_half.ts";
import {
  HOST_ARRAYS,
  type HostArrays,
  type HostDtype,
  type HostTensor,
} from "./_host_tensor.ts";
import {
  ELEMENT_BYTES,
  headerLength,
  parseHeader,
  PREFIX_BYTES,
  type SafetensorsTensorInfo,
} from "./_safetensors_header.ts";

/** What a safetensors file holds. */
export interface SafetensorsContents {
  /** The tensors by name, in the order of the header. */
  tensors: Map<string, HostTensor>;
  /** The text that came with the tensors; empty if none did. */
  metadata: Record<string, string>;
}

/**
 * Decodes a safetensors file.
 *
 * F16 and BF16, which have no typed array everywhere, become F32, exactly; all
 * other tensors keep their type and every bit. Tensors share memory with
 * `bytes` where their alignment allows it.
 *
 * @example
 * ```ts
 * import { decodeSafetensors } from "@x/mnist-cnn";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => decodeSafetensors(new Uint8Array(5), "model.safetensors"),
 *   SyntaxError,
 *   "model.safetensors: expected at least 8 bytes, got 5",
 * );
 * ```
 *
 * @param bytes The whole file.
 * @param name What to call the file in an error.
 * @throws {FormatError} If the bytes break a rule of the format or hold an
 * element type that is not read here.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  name: string = "safetensors bytes",
): SafetensorsContents {
  const length = headerLength(bytes, bytes.length, name);
  const header = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
  const { tensors, metadata, dataStart } = parseHeader(
    header,
    bytes.length,
    name,
  );
  const data = bytes.subarray(dataStart);
  return {
    tensors: new Map(
      [...tensors].map(([key, info]) => [key, hostTensor(data, info)]),
    ),
    metadata,
  };
}

function hostTensor(
  data: Uint8Array,
  { dtype, shape, dataOffsets: [begin, end] }: SafetensorsTensorInfo,
): HostTensor {
  const bytes = data.subarray(begin, end);
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
