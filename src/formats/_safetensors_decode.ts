import { hostTensor } from "./_elements.ts";
import type { HostTensor } from "./_host_tensor.ts";
import {
  headerLength,
  parseHeader,
  PREFIX_BYTES,
} from "./_safetensors_header.ts";

/** The content of a safetensors file. */
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
 * import { decodeSafetensors } from "@x/mnist-cnn/formats";
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
      [...tensors].map(([key, { dtype, shape, dataOffsets }]) => {
        const bytes = data.subarray(...dataOffsets);
        return [key, hostTensor(bytes, dtype, shape)];
      }),
    ),
    metadata,
  };
}
