import { elementsOf } from "../core/shape.ts";
import { type Initialise, Parameter } from "./parameter.ts";

/**
 * PyTorch's default for weights: uniform in ±√(1 / fanIn), which it writes as
 * Kaiming's rule with a = √5 (He et al., 2015): gain √(2 / (1 + a²)), bound
 * √3 · gain / √fanIn.
 */
function kaimingUniform(fanIn: number): Initialise {
  const gain = Math.sqrt(2 / (1 + Math.sqrt(5) ** 2));
  const bound = Math.sqrt(3) * (gain / Math.sqrt(fanIn));
  return (values, generator) => generator.uniform(values, -bound, bound);
}

/** PyTorch's default for biases: uniform in ±1 / √fanIn. */
function uniformByFanIn(fanIn: number): Initialise {
  const bound = 1 / Math.sqrt(fanIn);
  return (values, generator) => generator.uniform(values, -bound, bound);
}

/**
 * Weight and bias of a linear or convolution layer, as PyTorch draws them: by
 * the elements of the weight behind its first axis, whichever channels it counts.
 *
 * @param outputs Elements of the bias, or null for none.
 */
export function weightAndBias(
  shape: readonly number[],
  outputs: number | null,
): { weight: Parameter; bias: Parameter | null } {
  const fanIn = elementsOf(shape.slice(1));
  return {
    weight: new Parameter(shape, kaimingUniform(fanIn)),
    bias: outputs === null
      ? null
      : new Parameter([outputs], uniformByFanIn(fanIn)),
  };
}

/** The same value everywhere. */
export function constant(value: number): Initialise {
  return (values) => values.fill(value);
}
