import { guard } from "../core/guards.ts";
import type { Arena, Parameter } from "../nn/parameter.ts";
import type { Tensor } from "../core/tensor.ts";

/** A stretch of memory that is updated by one kernel. */
export interface Span {
  /** The values. */
  readonly values: Tensor;
  /** The gradients, element by element. */
  readonly gradients: Tensor;
  /** Where it begins in the arena, and how many elements it has. */
  readonly offset: number;
}

/** All parameters of an optimizer that share an arena. */
interface Group {
  readonly arena: Arena;
  readonly parameters: readonly Parameter[];
  /** The whole arena, where the optimizer has all of its parameters. */
  readonly whole: Span | null;
  readonly spans: ReadonlyMap<Parameter, Span>;
}

/** Parameters as stretches of memory: as few as their arenas allow. */
export class Spans {
  readonly #parameters: readonly Parameter[];
  readonly #groups: readonly Group[];

  constructor(given: readonly Parameter[]) {
    const parameters = [...new Set(given)];
    this.#parameters = parameters;
    const arenas = new Set(parameters.map(({ arena }) => arena));
    this.#groups = Array.from(arenas, (arena) => {
      const own = parameters.filter((parameter) => parameter.arena === arena);
      return groupOf(arena, own);
    });
  }

  /** The arenas of the parameters. */
  get arenas(): Arena[] {
    return this.#groups.map(({ arena }) => arena);
  }

  /** The parameters that have gradients now. */
  ready(): Parameter[] {
    return this.#parameters.filter((parameter) => {
      const has = parameter.grad !== null;
      guard(parameter.tensor, () => (parameter.grad !== null) === has);
      return has;
    });
  }

  /**
   * The stretches of these parameters: an arena whole where all of its
   * parameters are among them, else parameter by parameter.
   */
  of(chosen: readonly Parameter[]): Span[] {
    return this.#groups.flatMap(({ parameters, spans, whole }) => {
      const own = parameters.filter((parameter) => chosen.includes(parameter));
      if (whole !== null && own.length === parameters.length) return [whole];
      return own.map((parameter) => spans.get(parameter)!);
    });
  }

  /** The arena of a stretch. */
  arenaOf(span: Span): Arena {
    const group = this.#groups.find(({ spans, whole }) =>
      whole === span || [...spans.values()].includes(span)
    );
    return group!.arena;
  }
}

/** The part of a tensor beside the arena that belongs to a span. */
export function partOf(state: Tensor, { offset, values }: Span): Tensor {
  return state.part(offset, [values.length]);
}

function groupOf(arena: Arena, parameters: readonly Parameter[]): Group {
  const complete = parameters.length === arena.parameters.length;
  const whole = complete
    ? { values: arena.values, gradients: arena.gradients, offset: 0 }
    : null;
  const spans = new Map(parameters.map((parameter) => {
    const { length, offset } = parameter;
    const { values, gradients } = arena;
    return [parameter, {
      values: partOf(values, { offset, values: parameter.tensor } as Span),
      gradients: gradients.part(offset, [length]),
      offset,
    }];
  }));
  return { arena, parameters, whole, spans };
}
