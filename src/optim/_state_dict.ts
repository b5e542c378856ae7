import { describe, StateDictError } from "../base/errors.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Tensor } from "../core/tensor.ts";

/** A tensor of an optimizer's state, and its name in a state dictionary. */
export type Slot = readonly [name: string, tensor: Tensor];

/** Copies the tensors to the host. */
export async function readSlots(
  slots: readonly Slot[],
): Promise<Map<string, HostTensor>> {
  const read = slots.map(async ([name, tensor]) => {
    const { shape } = tensor;
    const data = await tensor.data();
    return [name, { dtype: "F32", shape, data }] as const;
  });
  return new Map(await Promise.all(read));
}

/** Checks everything, then writes the tensors. */
export function loadSlots(
  slots: readonly Slot[],
  state: ReadonlyMap<string, HostTensor>,
): void {
  const names = new Set(slots.map(([name]) => name));
  const problems = [...state.keys()].filter((name) => !names.has(name))
    .map((name) => `unexpected ${name}`);
  const found: [Tensor, Float32Array][] = [];
  for (const [name, tensor] of slots) {
    const stored = state.get(name);
    if (stored === undefined) problems.push(`missing ${name}`);
    else if (String(stored.shape) !== String(tensor.shape)) {
      problems.push(`${name} of shape [${stored.shape.join(", ")}]`);
    } else if (!(stored.data instanceof Float32Array)) {
      problems.push(`${name} of type ${stored.dtype}`);
    } else found.push([tensor, stored.data]);
  }
  if (problems.length > 0) {
    throw new StateDictError(describe({
      what: "state of an optimizer",
      expected: "what one of the same kind has of the same parameters",
      got: problems.join(", "),
      help: "Load it with the model and optimizer it was saved from.",
    }));
  }
  for (const [{ buffer, device }, data] of found) device.write(buffer, data);
}
