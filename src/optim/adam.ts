import { copy } from "../../kernels/copy/copy.ts";
import { ADAM_GROUP, adamStep } from "../../kernels/adam/adam.ts";
import { guard } from "../core/guards.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Parameter } from "../nn/parameter.ts";
import { Tensor } from "../core/tensor.ts";
import type { Slot } from "./_state_dict.ts";
import { type Span, spansOf } from "./_spans.ts";
import {
  checkRange,
  Optimizer,
  type OptimizerParameters,
  type OptimizerRules,
  type ParameterGroup,
} from "./optimizer.ts";

/**
 * The options of {@linkcode Adam} and AdamW; the defaults are PyTorch's.
 *
 * @category Optimizers
 */
export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  lr?: number;
  /** Decay of the means of gradient and squared gradient: 0.9 and 0.999. */
  betas?: readonly [beta1: number, beta2: number];
  /** Added to the root of the second moment. Default 1e-8. */
  eps?: number;
  /**
   * Adam: L2 penalty, added to the gradient. Default 0. AdamW: share by which a
   * parameter decays, times the learning rate. Default 0.01.
   */
  weightDecay?: number;
  /**
   * Whether the second moment is the largest so far (Reddi, Kale and Kumar, "On
   * the Convergence of Adam and Beyond", 2018). Default false.
   */
  amsgrad?: boolean;
}

/** Defaults of Adam, and what its options mean. */
export const adamRules: OptimizerRules<AdamOptions> = {
  defaults: {
    lr: 1e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    amsgrad: false,
  },
  check(what, { betas: [beta1, beta2], eps, lr, weightDecay }) {
    checkRange(`${what}: lr`, lr, 0, Infinity);
    checkRange(`${what}: beta1`, beta1, 0, 1);
    checkRange(`${what}: beta2`, beta2, 0, 1);
    checkRange(`${what}: eps`, eps, 0, Infinity);
    checkRange(`${what}: weightDecay`, weightDecay, 0, Infinity);
  },
  states: ({ amsgrad }) => [
    "exp_avg",
    "exp_avg_sq",
    ...amsgrad ? ["max_exp_avg_sq"] : [],
  ],
};

/**
 * Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015), as
 * PyTorch has it.
 *
 * @example
 * ```ts
 * import { Adam, Linear, mean, openDevice, Tape, Tensor } from "@x/mnist-cnn";
 * import { assertLess } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device, { seed: 0 });
 * const optimizer = new Adam(model.parameters(), { lr: 0.1 });
 * using x = Tensor.from(device, [1, 1], [1, 2]);
 * const step = () => {
 *   using tape = new Tape();
 *   const loss = mean(model.forward(x));
 *   optimizer.zeroGrad();
 *   tape.backward(loss);
 *   optimizer.step();
 *   return loss;
 * };
 * const first = await step().item();
 * assertLess(await step().item(), first);
 * ```
 *
 * @category Optimizers
 */
export class Adam extends Optimizer<AdamOptions> {
  /**
   * For each parameter learning rate and what is counted of the steps: one
   * tensor for all parameters of a stretch that have been moved together so far.
   */
  readonly #counts = new Map<Parameter, Tensor>();
  /** Changes when stretches are divided. */
  #division = 0;

  /**
   * Checks and keeps the arguments.
   *
   * @param parameters `model.parameters()`, or groups of them.
   * @param options Learning rate and constants.
   * @param rules Those of AdamW, which is an Adam.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(
    parameters: OptimizerParameters<AdamOptions>,
    options: AdamOptions = {},
    rules: OptimizerRules<AdamOptions> = adamRules,
  ) {
    super(parameters, options, rules);
    for (const group of this.paramGroups) {
      // It is counted with the steps.
      for (const rate of group.rates) rate[Symbol.dispose]();
      this.#divide(group, spansOf(group.params), () => [0, 0, 0]);
    }
  }

  /**
   * Moves every parameter that has a gradient. Its bias corrections count the
   * steps in which it had one, as in PyTorch.
   */
  override step(): void {
    const division = this.#division;
    guard(this, () => this.#division === division);
    for (const group of this.paramGroups) this.#part(group);
    super.step();
  }

  /** Stretches whose steps are counted together. */
  protected override spans(ready: readonly Parameter[]): Span[] {
    return spansOf(ready, (parameter) => this.#counts.get(parameter));
  }

  /** One more step for a stretch of memory. */
  protected override update(
    span: Span,
    group: ParameterGroup<AdamOptions>,
  ): void {
    this.move(span, group, group.options.weightDecay);
  }

  /** The step, with an L2 penalty. */
  protected move(
    span: Span,
    group: ParameterGroup<AdamOptions>,
    weightDecay: number,
  ): void {
    const { amsgrad, betas: [beta1, beta2], eps } = group.options;
    span.values.device.run(adamStep, {
      gradient: span.gradients,
      state: this.counts(span),
      parameter: span.values,
      expAvg: group.state("exp_avg", span),
      expAvgSq: group.state("exp_avg_sq", span),
      maxExpAvgSq: amsgrad ? group.state("max_exp_avg_sq", span) : null,
    }, { beta1, beta2, eps, weightDecay });
  }

  /** What is counted of a stretch's steps; the learning rate comes first. */
  protected counts({ parameters }: Span): Tensor {
    return this.#counts.get(parameters[0])!;
  }

  /**
   * Takes over what {@linkcode Optimizer.stateDict} gave: the steps that follow
   * are those that would have followed there, bit for bit.
   *
   * @throws {StateDictError} If names or shapes differ; then nothing is taken
   * over.
   */
  override loadStateDict(state: ReadonlyMap<string, HostTensor>): void {
    const shared = state.get("state");
    const { state: _, ...rest } = Object.fromEntries(state);
    const own = this.parameters.map((_, index) =>
      [`${index}.state`, shared ?? rest[`${index}.state`]] as const
    ).filter(([, counts]) => counts !== undefined);
    super.loadStateDict(new Map([...Object.entries(rest), ...own]));
    const loaded = new Map(this.parameters.map((parameter, index) => {
      const [, ...counts] = Array.from(own[index][1].data, Number);
      return [parameter, counts];
    }));
    const countsOf = (parameter: Parameter) => loaded.get(parameter)!;
    for (const group of this.paramGroups) {
      const together = spansOf(group.params, (one) => String(countsOf(one)));
      this.#divide(group, together, ([first]) => countsOf(first));
    }
  }

  /** Divides the stretches that have only some gradients. */
  #part(group: ParameterGroup<AdamOptions>): void {
    const ready = new Set(group.ready());
    if (ready.size === 0 || ready.size === group.params.length) return;
    for (const { parameters } of this.spans(group.params)) {
      const parts = spansOf(parameters, (parameter) => ready.has(parameter));
      if (parts.length === 1) continue;
      for (const part of parts) {
        const own = emptyCounts(part);
        const before = this.counts(part).part(0, [own.length]);
        own.device.run(copy, { source: before, output: own });
        this.#give(part, own);
      }
      this.#division++;
    }
    this.#giveRates(group);
  }

  /** Divides a group anew, into stretches that have come as far. */
  #divide(
    group: ParameterGroup<AdamOptions>,
    spans: readonly Span[],
    countsOf: (parameters: readonly Parameter[]) => readonly number[],
  ): void {
    for (const span of spans) {
      const { buffer, device, length } = this.#give(span, emptyCounts(span));
      const numbers = [group.lr, ...countsOf(span.parameters)];
      const copies = Float32Array.from({ length }, (_, i) => numbers[i % 4]);
      device.write(buffer, copies);
    }
    this.#division++;
    this.#giveRates(group);
  }

  #give({ parameters }: Span, counts: Tensor): Tensor {
    for (const parameter of parameters) this.#counts.set(parameter, counts);
    return counts;
  }

  #giveRates(group: ParameterGroup<AdamOptions>): void {
    const counts = group.params.map((one) => this.#counts.get(one)!);
    group.rates = [...new Set(counts)];
  }

  /** The moments of each parameter, and what is counted of its steps. */
  protected override slots(): Slot[] {
    const counts = this.parameters.map((parameter, index) =>
      [`${index}.state`, this.#counts.get(parameter)!.part(0, [4])] as const
    );
    return [...super.slots(), ...counts];
  }
}

/** Memory for what is counted of a stretch's steps: four numbers a group. */
function emptyCounts({ values }: Span): Tensor {
  const size = [4 * Math.ceil(values.length / ADAM_GROUP)];
  return Tensor.empty(values.device, size, "f32", "persistent");
}
