import { guard } from "../core/guards.ts";
import type { Arena, Parameter } from "../nn/parameter.ts";
import type { Tensor } from "../core/tensor.ts";

/** A stretch of memory that is updated by one kernel. */
export interface Span {
  /** The memory of the model that it lies in. */
  readonly arena: Arena;
  /** The parameters in it, neighbours in their arena. */
  readonly parameters: readonly Parameter[];
  /** Where it begins in the arena, in elements. */
  readonly offset: number;
  /** The values. */
  readonly values: Tensor<[number]>;
  /** The gradients, element by element. */
  readonly gradients: Tensor<[number]>;
}

/**
 * Parameters as stretches of memory, as few as their arenas allow: neighbours
 * of one kind are one stretch, with the gaps between them.
 *
 * @param parameters Each once, in any order.
 * @param kindOf What neighbours must have in common, compared by `===`.
 */
export function spansOf(
  parameters: readonly Parameter[],
  kindOf: (parameter: Parameter) => unknown = () => null,
): Span[] {
  const byArena = Map.groupBy(parameters, ({ arena }) => arena);
  return Array.from(byArena, ([arena, own]) => {
    const chosen = new Set(own);
    const runs: Parameter[][] = [];
    let last: Parameter | null = null;
    for (const parameter of arena.parameters) {
      const isChosen = chosen.has(parameter);
      if (isChosen && last !== null && kindOf(last) === kindOf(parameter)) {
        runs.at(-1)!.push(parameter);
      } else if (isChosen) runs.push([parameter]);
      last = isChosen ? parameter : null;
    }
    return runs.map((run) => spanOf(arena, run));
  }).flat();
}

/** The parameters that have gradients now, each once. */
export function withGradients(parameters: readonly Parameter[]): Parameter[] {
  return [...new Set(parameters)].filter((parameter) => {
    const has = parameter.grad !== null;
    guard(parameter.tensor, () => (parameter.grad !== null) === has);
    return has;
  });
}

function spanOf(arena: Arena, parameters: readonly Parameter[]): Span {
  const { gradients, values } = arena;
  const next = arena.parameters.indexOf(parameters.at(-1)!) + 1;
  const { offset } = parameters[0];
  const end = arena.parameters.at(next)?.offset ?? values.length;
  const length = end - offset;
  return {
    arena,
    parameters,
    offset,
    values: values.part(offset, [length]),
    gradients: gradients.part(offset, [length]),
  };
}
