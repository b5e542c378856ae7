import { HOST_ARRAYS } from "../../src/formats/_host_tensor.ts";
import type { HostDtype, HostTensor } from "../../src/formats/mod.ts";
import type { Weights } from "../../src/formats/weights.ts";

/** A tensor as the reference has it: halves as F32, the bytes in base64. */
interface ReferenceTensor {
  readonly dtype: HostDtype;
  readonly shape: readonly number[];
  readonly data: string;
}

/** Tensors and values as the reference has them. */
export interface ReferenceWeights {
  readonly tensors: Readonly<Record<string, ReferenceTensor>>;
  /** Values beside the tensors; null for one that has no text. */
  readonly others: Readonly<Record<string, string | { float: number } | null>>;
}

/** What differs between two readings of a file of weights; null if nothing. */
export function weightsDifference(
  { metadata, tensors }: Weights,
  theirs: ReferenceWeights,
): string | null {
  for (const name of tensors.keys()) {
    if (!Object.hasOwn(theirs.tensors, name)) return `another tensor: ${name}`;
  }
  for (const [name, tensor] of Object.entries(theirs.tensors)) {
    const own = tensors.get(name);
    if (own === undefined) return `no tensor ${name}`;
    const difference = tensorDifference(own, tensor);
    if (difference !== null) return difference;
  }
  // In an archive's comment there may be metadata that the reference leaves.
  for (const [name, value] of Object.entries(theirs.others)) {
    if (!Object.hasOwn(metadata, name)) return `no value ${name}`;
    if (value === null) continue;
    const text = typeof value === "string" ? value : String(value.float);
    if (metadata[name] !== text) return `another value of ${name}`;
  }
  return null;
}

function tensorDifference(
  own: HostTensor,
  { data, dtype, shape }: ReferenceTensor,
): string | null {
  if (own.dtype !== dtype) return `${own.dtype} instead of ${dtype}`;
  if (String(own.shape) !== String(shape)) {
    return `shape [${own.shape}] instead of [${shape}]`;
  }
  const { buffer } = Uint8Array.fromBase64(data);
  const length = buffer.byteLength / own.data.BYTES_PER_ELEMENT;
  const values: ArrayLike<number | bigint> = new HOST_ARRAYS[dtype](
    buffer,
    0,
    length,
  );
  if (own.data.length !== length) return `${own.data.length} values`;
  for (let at = 0; at < length; at++) {
    if (!Object.is(own.data[at], values[at])) return "other values";
  }
  return null;
}
