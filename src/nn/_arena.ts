import type { RandomGenerator } from "../core/random.ts";
import type { Device } from "../devices/device.ts";
import { describe } from "../base/errors.ts";
import { Tensor } from "../core/tensor.ts";
import type { Arena, Parameter } from "./parameter.ts";

/**
 * Lays parameters side by side in one piece of memory, so that an optimizer
 * updates them all in one kernel, and draws their first values in order.
 */
export function createArena(
  device: Device,
  parameters: readonly Parameter[],
  generator: RandomGenerator,
): void {
  if (parameters.length === 0) return;
  if (parameters.some((parameter) => parameter.isMaterialized)) {
    throw new TypeError(describe({
      what: "model.to(device)",
      expected: "a model that is on no device yet",
      got: "one that is on a device",
      help: "Make a new model there, and load this one's stateDict().",
    }));
  }
  const offsets: number[] = [];
  let length = 0;
  for (const parameter of parameters) {
    offsets.push(length);
    length += Math.ceil(parameter.length / device.alignment) *
      device.alignment;
  }
  const values = Tensor.empty<[number]>(device, [length], "f32", "persistent");
  const gradients = Tensor.empty<[number]>(
    device,
    [length],
    "f32",
    "persistent",
  );
  const first = new Float32Array(length);
  parameters.forEach((parameter, index) => {
    const offset = offsets[index];
    const own = first.subarray(offset, offset + parameter.length);
    parameter.initialise(own, generator);
  });
  device.write(values.buffer, first);
  device.write(gradients.buffer, new Float32Array(length));
  const arena: Arena = { values, gradients, parameters };
  parameters.forEach((parameter, index) => {
    parameter.materialize(arena, offsets[index]);
  });
}
