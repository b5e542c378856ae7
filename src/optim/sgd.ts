import { sgdStep } from "../../kernels/sgd/sgd.ts";
import { describe } from "../base/errors.ts";
import { guard, sideEffect } from "../core/guards.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Parameter } from "../nn/parameter.ts";
import { type Span, spansOf } from "./_spans.ts";
import {
  checkRange,
  Optimizer,
  type OptimizerParameters,
  type OptimizerRules,
  type ParameterGroup,
} from "./optimizer.ts";

/**
 * The options of {@linkcode SGD}; the defaults are PyTorch's.
 *
 * @category Optimizers
 */
export interface SGDOptions {
  /** Learning rate. Default 1e-3. */
  lr?: number;
  /** Decay of the momentum. Default 0: none is kept. */
  momentum?: number;
  /**
   * Share of a gradient that is kept out of the momentum; the first gradient is
   * taken whole. Default 0.
   */
  dampening?: number;
  /** L2 penalty, added to the gradient. Default 0. */
  weightDecay?: number;
  /** Whether to look ahead along the momentum. Default false. */
  nesterov?: boolean;
}

const rules: OptimizerRules<SGDOptions> = {
  defaults: {
    lr: 1e-3,
    momentum: 0,
    dampening: 0,
    weightDecay: 0,
    nesterov: false,
  },
  check(what, { dampening, lr, momentum, nesterov, weightDecay }) {
    checkRange(`${what}: lr`, lr, 0, Infinity);
    checkRange(`${what}: momentum`, momentum, 0, 1);
    checkRange(`${what}: weightDecay`, weightDecay, 0, Infinity);
    checkRange(`${what}: dampening`, dampening, 0, Infinity);
    if (!nesterov || (momentum > 0 && dampening === 0)) return;
    throw new RangeError(describe({
      what: `${what}: nesterov`,
      expected: "a momentum above 0 and a dampening of 0",
      got: `momentum ${momentum} and dampening ${dampening}`,
      help: "Give `momentum: 0.9`, or leave nesterov out.",
    }));
  },
  states: ({ momentum }) => momentum === 0 ? [] : ["momentum_buffer"],
};

/**
 * Stochastic gradient descent with momentum, as PyTorch has it.
 *
 * @example
 * ```ts
 * import { Linear, openDevice, Sequential, SGD } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const [body, head] = [new Linear(4, 3), new Linear(3, 2)];
 * new Sequential(body, head).to(device);
 * const optimizer = new SGD([
 *   { params: body.parameters(), lr: 1e-4 },
 *   { params: head.parameters() },
 * ], { lr: 1e-2, momentum: 0.9 });
 * assertEquals(optimizer.paramGroups.map(({ lr }) => lr), [1e-4, 1e-2]);
 * ```
 *
 * @category Optimizers
 */
export class SGD extends Optimizer<SGDOptions> {
  /** Parameters whose momentum has a gradient in it, where dampening asks. */
  #started: ReadonlySet<Parameter> = new Set();

  /**
   * Checks and keeps the arguments.
   *
   * @param parameters `model.parameters()`, or groups of them.
   * @param options Learning rate and constants.
   * @throws {RangeError} If an option is out of range, or nesterov has no
   * momentum or a dampening.
   */
  constructor(
    parameters: OptimizerParameters<SGDOptions>,
    options: SGDOptions = {},
  ) {
    super(parameters, options, rules);
  }

  /** Stretches of parameters that have momentum, or have none yet. */
  protected override spans(ready: readonly Parameter[]): Span[] {
    return spansOf(ready, (parameter) => this.#started.has(parameter));
  }

  /** Moves a stretch of memory, and its momentum. */
  protected override update(
    span: Span,
    group: ParameterGroup<SGDOptions>,
  ): void {
    const { dampening, momentum, nesterov, weightDecay } = group.options;
    span.values.device.run(sgdStep, {
      gradient: span.gradients,
      learningRate: group.rates[0],
      parameter: span.values,
      momentumBuffer: momentum === 0
        ? null
        : group.state("momentum_buffer", span),
    }, {
      dampening: momentum === 0 ? 0 : this.#dampening(span, dampening),
      momentum,
      nesterov,
      weightDecay,
    });
  }

  /** The dampening of a step: none where it is the first. */
  #dampening({ parameters }: Span, dampening: number): number {
    if (!this.#isDampened) return dampening;
    const before = this.#started;
    guard(this, () => this.#started === before);
    if (before.has(parameters[0])) return dampening;
    const after = new Set([...before, ...parameters]);
    sideEffect(this, () => {
      this.#started = after;
    });
    return 0;
  }

  /**
   * The momentum of each parameter, the learning rates, and where there is
   * dampening `started`: 1 for each parameter that has had a gradient.
   */
  override async stateDict(): Promise<Map<string, HostTensor>> {
    const state = await super.stateDict();
    if (!this.#isDampened) return state;
    const data = Uint8Array.from(
      this.parameters,
      (parameter) => Number(this.#started.has(parameter)),
    );
    return state.set("started", { dtype: "U8", shape: [data.length], data });
  }

  /**
   * Takes over what {@linkcode SGD.stateDict} gave: the steps that follow are
   * those that would have followed there, bit for bit.
   *
   * @throws {StateDictError} If names or shapes differ; then nothing is taken
   * over.
   */
  override loadStateDict(state: ReadonlyMap<string, HostTensor>): void {
    if (!this.#isDampened) return super.loadStateDict(state);
    const { started, ...rest } = Object.fromEntries(state);
    super.loadStateDict(new Map(Object.entries(rest)));
    this.#started = new Set(
      this.parameters.filter((_, index) => Number(started?.data[index] ?? 1)),
    );
  }

  get #isDampened(): boolean {
    return this.paramGroups.some(({ options: { dampening, momentum } }) =>
      dampening !== 0 && momentum !== 0
    );
  }
}
