import { castElements } from "../cast/cast.ts";
import {
  type AdapterTraits,
  call,
  type Dispatch,
  type Operand,
  Scratch,
  type WebGpuSteps,
} from "../kernel.ts";

/**
 * Steps that read a weight, which stays f32, as the device stores activations:
 * where that is f16, a copy of it.
 */
export function withWeightCopy(
  weight: Operand,
  { precision }: AdapterTraits,
  stepsOf: (weight: Operand) => readonly Dispatch[],
): WebGpuSteps {
  if (precision === "f32") return stepsOf(weight);
  const copy = new Scratch(weight.buffer.length, "f32", true);
  return [call(castElements, { x: weight, output: copy }), ...stepsOf(copy)];
}
