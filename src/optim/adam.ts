import type { AdamConstants as Constants } from "../../kernels/shapes.ts";
import { assume } from "../_replay.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Arena, Parameter } from "../nn/parameter.ts";
import { Tensor } from "../tensor.ts";
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
 * const losses: number[] = [];
 * for (let step = 0; step < 2; step++) {
 *   using tape = new Tape();
 *   const loss = mean(model.forward(x));
 *   optimizer.zeroGrad();
 *   tape.backward(loss);
 *   optimizer.step();
 *   losses.push(await loss.item());
 * }
 * assertLess(losses[1], losses[0]);
 * ```
 */
export class Adam extends Optimizer {
  readonly #constants: Constants;
  readonly #means = new Map<Arena, Tensor>();
  readonly #squares = new Map<Arena, Tensor>();
  /**
   * Learning rate and what is counted of the steps: one for all parameters as
   * long as they all had gradients in every step, then one for each.
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
    const state = this.#emptyState();
    state.device.write(state.buffer, new Float32Array([lr, 0, 0, 0]));
    this.#states = [state];
    for (const arena of this.arenas) {
      this.#means.set(arena, besideArena(arena));
      this.#squares.set(arena, besideArena(arena));
    }
  }

  /** `[4]`, the learning rate first. */
  protected get state(): Tensor {
    return this.#states[0];
  }

  /** The learning rate; a change holds from the next step on. */
  override get lr(): number {
    return this.#lr;
  }

  override set lr(lr: number) {
    checkRange("Adam: lr", lr, 0, Infinity);
    for (const { buffer, device } of this.#states) {
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
    assume(this, () => this.#parted === parted);
    if (ready.length < this.parameters.length) this.#part();
    if (!this.#parted) return this.#move(this.#states[0], this.spans(ready));
    for (const parameter of ready) {
      const state = this.#states[this.parameters.indexOf(parameter)];
      this.#move(state, this.spans([parameter]));
    }
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
    super.loadStateDict(new Map([...Object.entries(rest), ...parts]));
  }

  /** One more step for the parameters that a state counts for. */
  #move(state: Tensor, spans: readonly Span[]): void {
    const { kernels } = state.device;
    kernels.adamAdvance(state, this.#constants);
    for (const span of spans) {
      const arena = this.arenaOf(span);
      kernels.adamStep(
        span.gradients,
        state,
        span.values,
        partOf(this.#means.get(arena)!, span),
        partOf(this.#squares.get(arena)!, span),
        this.#constants,
      );
    }
  }

  /** Gives every parameter a state of its own, as all have it so far. */
  #part(): void {
    if (this.#parted) return;
    const [shared] = this.#states;
    this.#states = this.parameters.map(() => this.#emptyState());
    this.#parted = true;
    for (const own of this.#states) shared.device.kernels.copy(shared, own);
  }

  #stateName(index: number): string {
    return this.#parted ? `${index}.state` : "state";
  }

  #emptyState(): Tensor {
    const [{ values: { device } }] = this.arenas;
    return Tensor.empty(device, [4], "f32", "persistent");
  }

  /** The moments of each parameter, and what is counted of the steps. */
  protected override slots(): Slot[] {
    return [
      ...this.slotsBeside("exp_avg", this.#means),
      ...this.slotsBeside("exp_avg_sq", this.#squares),
      ...this.#states.map((state, index) =>
        [this.#stateName(index), state] as const
      ),
    ];
  }
}
