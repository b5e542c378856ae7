import { copy } from "../../kernels/copy/copy.ts";
import {
  ADAM_GROUP,
  type AdamConstants as Constants,
  adamStep,
} from "../../kernels/adam/adam.ts";
import { pythonFloat, pythonNumber } from "../base/python_text.ts";
import { guard } from "../core/guards.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Arena, Parameter } from "../nn/parameter.ts";
import { Tensor } from "../core/tensor.ts";
import type { Slot } from "./_state_dict.ts";
import { partOf, type Span } from "./_spans.ts";
import { besideArena, checkRange, Optimizer } from "./optimizer.ts";

/** The constants of {@linkcode Adam}; the defaults are PyTorch's. */
export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  lr?: number;
  /** Decay of the means of gradient and squared gradient: 0.9 and 0.999. */
  betas?: readonly [beta1: number, beta2: number];
  /** Added to the root of the second moment. Default 1e-8. */
  eps?: number;
  /** L2 penalty, added to the gradient. Default 0. */
  weightDecay?: number;
}

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
 */
export class Adam extends Optimizer {
  readonly #constants: Constants;
  readonly #means = new Map<Arena, Tensor>();
  readonly #squares = new Map<Arena, Tensor>();
  /**
   * For each parameter learning rate and what is counted of the steps: that of
   * the stretch of memory which it is moved in as long as all parameters had
   * gradients in every step, then its own.
   */
  #states: readonly Tensor[];
  #parted = false;
  #lr: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param parameters `model.parameters()`.
   * @param options Learning rate and constants.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(parameters: readonly Parameter[], options: AdamOptions = {}) {
    super(parameters);
    const { betas = [0.9, 0.999], eps = 1e-8, lr = 1e-3, weightDecay = 0 } =
      options;
    const [beta1, beta2] = betas;
    checkRange("Adam: lr", lr, 0, Infinity);
    checkRange("Adam: beta1", beta1, 0, 1);
    checkRange("Adam: beta2", beta2, 0, 1);
    checkRange("Adam: eps", eps, 0, Infinity);
    checkRange("Adam: weightDecay", weightDecay, 0, Infinity);
    this.#constants = { beta1, beta2, eps, weightDecay };
    this.#lr = lr;
    const spans = this.spans(this.parameters);
    const states = spans.map(emptyState);
    for (const state of states) writeState(state, [lr, 0, 0, 0]);
    this.#states = this.parameters.map((parameter) =>
      states[spans.findIndex((span) => this.#holds(span, parameter))]
    );
    for (const arena of this.arenas) {
      this.#means.set(arena, besideArena(arena));
      this.#squares.set(arena, besideArena(arena));
    }
  }

  /** The learning rate is its first element. */
  protected get state(): Tensor {
    return this.#states[0];
  }

  /** The learning rate; a change holds from the next step on. */
  override get lr(): number {
    return this.#lr;
  }

  override set lr(lr: number) {
    checkRange("Adam: lr", lr, 0, Infinity);
    for (const { buffer, device } of new Set(this.#states)) {
      device.write(buffer, new Float32Array([lr]));
    }
    this.#lr = lr;
  }

  /**
   * Moves every parameter that has a gradient. Its bias corrections count the
   * steps in which it had one, as in PyTorch.
   */
  override step(): void {
    const ready = this.ready();
    if (ready.length === 0) return;
    const parted = this.#parted;
    guard(this, () => this.#parted === parted);
    if (ready.length < this.parameters.length) this.#part();
    const spans = this.#parted
      ? ready.flatMap((parameter) => this.spans([parameter]))
      : this.spans(ready);
    for (const span of spans) this.#move(span);
  }

  /**
   * Takes over what {@linkcode Optimizer.stateDict} gave: the steps that follow
   * are those that would have followed there, bit for bit.
   *
   * @throws {StateDictError} If names or shapes differ; then nothing is taken
   * over.
   */
  override loadStateDict(state: ReadonlyMap<string, HostTensor>): void {
    if (state.has("0.state")) this.#part();
    const { state: shared, ...rest } = Object.fromEntries(state);
    const parts = shared === undefined
      ? []
      : this.#states.map((_, index) =>
        [this.#stateName(index), shared] as const
      );
    const all = new Map([...Object.entries(rest), ...parts]);
    super.loadStateDict(all);
    for (const [index, own] of this.#states.entries()) {
      const [, ...counts] = all.get(this.#stateName(index))!.data;
      writeState(own, [this.lr, ...counts.map(Number)]);
    }
  }

  /** Beside the learning rate `betas`, `eps` and `weight_decay`. */
  protected override representation(): Record<string, string> {
    const { beta1, beta2, eps, weightDecay } = this.#constants;
    return {
      ...super.representation(),
      betas: `(${[beta1, beta2].map(pythonFloat).join(", ")})`,
      eps: pythonFloat(eps),
      weight_decay: pythonNumber(weightDecay),
    };
  }

  /** One more step for a stretch of memory. */
  #move(span: Span): void {
    const arena = this.arenaOf(span);
    const index = this.parameters.findIndex((parameter) =>
      this.#holds(span, parameter)
    );
    span.values.device.run(adamStep, {
      gradient: span.gradients,
      state: this.#states[index],
      parameter: span.values,
      expAvg: partOf(this.#means.get(arena)!, span),
      expAvgSq: partOf(this.#squares.get(arena)!, span),
    }, this.#constants);
  }

  #holds(span: Span, { arena, offset }: Parameter): boolean {
    return arena === this.arenaOf(span) && offset >= span.offset &&
      offset < span.offset + span.values.length;
  }

  /** Gives every parameter a state of its own, as all have it so far. */
  #part(): void {
    if (this.#parted) return;
    this.#states = this.parameters.map((parameter, index) => {
      const [span] = this.spans([parameter]);
      const own = emptyState(span);
      const shared = this.#states[index].part(0, [own.length]);
      own.device.run(copy, { source: shared, output: own });
      return own;
    });
    this.#parted = true;
  }

  #stateName(index: number): string {
    return this.#parted ? `${index}.state` : "state";
  }

  /** The moments of each parameter, and what is counted of the steps. */
  protected override slots(): Slot[] {
    return [
      ...this.slotsBeside("exp_avg", this.#means),
      ...this.slotsBeside("exp_avg_sq", this.#squares),
      ...new Map(
        this.#states.map((state, index) =>
          [this.#stateName(index), state.part(0, [4])] as const
        ),
      ),
    ];
  }
}

/** Memory for what is counted of a stretch's steps: four numbers a group. */
function emptyState({ values }: Span): Tensor {
  const size = [4 * Math.ceil(values.length / ADAM_GROUP)];
  return Tensor.empty(values.device, size, "f32", "persistent");
}

/** Gives all groups the same four numbers. */
function writeState(
  { buffer, device, length }: Tensor,
  numbers: readonly number[],
): void {
  const copies = Float32Array.from({ length }, (_, i) => numbers[i % 4]);
  device.write(buffer, copies);
}
