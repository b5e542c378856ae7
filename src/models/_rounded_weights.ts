import type { HostTensor } from "../formats/safetensors.ts";

/** Ends the name of the factors of a rounded weight's rows. */
const ending = ".scale";

/**
 * Weights of which some are rounded to 8 bits, as numbers of 32 bits: a row of
 * such a weight is its numbers, from -127 to 127, times the row's factor, which
 * lies beside them under the name with `.scale`.
 */
export function inFull(
  tensors: ReadonlyMap<string, HostTensor>,
): Map<string, HostTensor> {
  const full = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors) {
    if (name.endsWith(ending)) continue;
    const scale = tensors.get(name + ending);
    full.set(name, scale === undefined ? tensor : scaled(tensor, scale));
  }
  return full;
}

function scaled({ data, shape }: HostTensor, scale: HostTensor): HostTensor {
  const width = data.length / scale.data.length;
  const values = Float32Array.from(
    data as Int8Array,
    (value, index) => value * Number(scale.data[Math.floor(index / width)]),
  );
  return { dtype: "F32", shape, data: values };
}
