import type { Initialise } from "./parameter.ts";

/**
 * PyTorch's default for weights: uniform in ±√(1 / fanIn), which it writes as
 * Kaiming's rule with a = √5 (He et al., 2015): gain √(2 / (1 + a²)), bound
 * √3 · gain / √fanIn.
 */
export function kaimingUniform(fanIn: number): Initialise {
  const gain = Math.sqrt(2 / (1 + Math.sqrt(5) ** 2));
  const bound = Math.sqrt(3) * (gain / Math.sqrt(fanIn));
  return (values, generator) => generator.uniform(values, -bound, bound);
}

/** PyTorch's default for biases: uniform in ±1 / √fanIn. */
export function uniformByFanIn(fanIn: number): Initialise {
  const bound = 1 / Math.sqrt(fanIn);
  return (values, generator) => generator.uniform(values, -bound, bound);
}

/** The same value everywhere. */
export function constant(value: number): Initialise {
  return (values) => values.fill(value);
}
