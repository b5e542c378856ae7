import { describe } from "../base/errors.ts";
import type { Parameter } from "../nn/parameter.ts";
import { Tensor } from "../core/tensor.ts";
import { type Span, spansOf, withGradients } from "./_spans.ts";

/** The option that all optimizers have. */
export interface LearningRateOptions {
  /** Learning rate. */
  lr?: number;
}

/**
 * The parameters of an optimizer, or groups of them that have options of their
 * own; what a group leaves out is the optimizer's.
 *
 * @category Optimizers
 */
export type OptimizerParameters<Options> =
  | readonly Parameter[]
  | readonly (Options & { readonly params: readonly Parameter[] })[];

/** Parameters that an optimizer moves by the same options, and their state. */
export class ParameterGroup<Options extends LearningRateOptions>
  implements Disposable {
  /** The parameters, each once. */
  readonly params: readonly Parameter[];
  /** All options as they were given; {@linkcode ParameterGroup.lr} may change. */
  readonly options: Readonly<Required<Options>>;
  /**
   * Tensors whose first element is the learning rate, so that captured steps
   * follow it.
   */
  rates: readonly Tensor[] = [];
  readonly #homes: readonly Span[];
  readonly #states = new Map<string, readonly Tensor<[number]>[]>();
  readonly #checkRate: (lr: number) => void;
  #lr: number;

  /**
   * Keeps the arguments, and makes the tensors of the state, zeros.
   *
   * @param params The parameters, each once.
   * @param options All options.
   * @param states Names of tensors that have an element for each of the
   * parameters'.
   * @param checkRate Throws where a learning rate is out of range.
   */
  constructor(
    params: readonly Parameter[],
    options: Required<Options>,
    states: readonly string[],
    checkRate: (lr: number) => void,
  ) {
    this.params = params;
    this.options = options;
    this.#checkRate = checkRate;
    this.#homes = spansOf(params);
    for (const name of states) {
      this.#states.set(
        name,
        this.#homes.map(({ values }) => zerosLike(values)),
      );
    }
    this.#lr = options.lr as number;
  }

  /** The learning rate; a change holds from the next step on. */
  get lr(): number {
    return this.#lr;
  }

  set lr(lr: number) {
    this.#checkRate(lr);
    for (const { buffer, device } of this.rates) {
      device.write(buffer, new Float32Array([lr]));
    }
    this.#lr = lr;
  }

  /** Names of the tensors beside the parameters. */
  get states(): string[] {
    return [...this.#states.keys()];
  }

  /** The part of the state that belongs to a parameter, in its shape. */
  stateOf(name: string, parameter: Parameter): Tensor {
    const [span] = spansOf([parameter]);
    return this.state(name, span).part(0, parameter.shape);
  }

  /**
   * The part of the state that belongs to a stretch, of a name that is in
   * {@linkcode ParameterGroup.states}.
   */
  state(name: string, { arena, offset, values }: Span): Tensor<[number]> {
    const index = this.#homes.findIndex((home) =>
      home.arena === arena && offset >= home.offset &&
      offset < home.offset + home.values.length
    );
    const whole = this.#states.get(name)![index];
    return whole.part(offset - this.#homes[index].offset, [values.length]);
  }

  /** Frees the tensors beside the parameters. */
  [Symbol.dispose](): void {
    for (const tensor of [...this.rates, ...this.#states.values()].flat()) {
      tensor[Symbol.dispose]();
    }
  }

  /**
   * The parameters that have gradients.
   *
   * @throws {TypeError} If the parameters have other memory than when the
   * optimizer was made.
   */
  ready(): Parameter[] {
    checkPlaces("optimizer", this.#homes);
    return withGradients(this.params);
  }
}

/** Throws unless parameters are in the memory that they had before. */
export function checkPlaces(what: string, homes: readonly Span[]): void {
  const haveMoved = homes.some(({ arena, parameters }) =>
    parameters.some((parameter) => parameter.arena !== arena)
  );
  if (!haveMoved) return;
  throw new TypeError(describe({
    what,
    expected: "parameters in the memory that they had when it was made",
    got: "ones that have moved since",
    help: `Move the model first, and make the ${what} then.`,
  }));
}

function zerosLike({ device, length }: Tensor): Tensor<[number]> {
  const state = Tensor.empty<[number]>(device, [length], "f32", "persistent");
  device.write(state.buffer, new Float32Array(length));
  return state;
}
