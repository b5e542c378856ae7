import type { Device } from "../devices/device.ts";
import { Tensor } from "../core/tensor.ts";
import type { Arena, Parameter } from "./parameter.ts";

/**
 * Lays parameters side by side in one piece of memory, so that an optimizer
 * updates them all in one kernel.
 *
 * @param write Fills in the values, each parameter's in an array of its own.
 */
export function createArena(
  device: Device,
  parameters: readonly Parameter[],
  write: (values: ReadonlyMap<Parameter, Float32Array>) => void,
): void {
  if (parameters.length === 0) return;
  const offsets = new Map<Parameter, number>();
  let length = 0;
  for (const parameter of parameters) {
    offsets.set(parameter, length);
    length += Math.ceil(parameter.length / device.alignment) *
      device.alignment;
  }
  const empty = () =>
    Tensor.empty<[number]>(device, [length], "f32", "persistent");
  const arena: Arena = { values: empty(), gradients: empty(), parameters };
  const host = new Float32Array(length);
  const parts = Array.from(
    offsets,
    ([parameter, offset]) =>
      [parameter, host.subarray(offset, offset + parameter.length)] as const,
  );
  write(new Map(parts));
  device.write(arena.values.buffer, host);
  device.write(arena.gradients.buffer, new Float32Array(length));
  for (const [parameter, offset] of offsets) {
    parameter.materialize(arena, offset);
  }
}
