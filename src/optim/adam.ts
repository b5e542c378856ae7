import type { AdamConstants as Constants } from "../../kernels/shapes.ts";
import type { Arena, Parameter } from "../nn/parameter.ts";
import { Tensor } from "../tensor.ts";
import type { Slot } from "./_state_dict.ts";
import { besideArena, checkRange, Optimizer } from "./optimizer.ts";
import { partOf } from "./_spans.ts";

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
  /** Learning rate, corrections of the moments, steps: `[4]`. */
  protected readonly state: Tensor;
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
    const [{ values: { device } }] = this.arenas;
    this.state = Tensor.empty(device, [4], "f32", "persistent");
    device.write(this.state.buffer, new Float32Array([lr, 0, 0, 0]));
    for (const arena of this.arenas) {
      this.#means.set(arena, besideArena(arena));
      this.#squares.set(arena, besideArena(arena));
    }
  }

  /** The learning rate; a change holds from the next step on. */
  override get lr(): number {
    return this.#lr;
  }

  override set lr(lr: number) {
    checkRange("Adam: lr", lr, 0, Infinity);
    const { buffer, device } = this.state;
    device.write(buffer, new Float32Array([lr]));
    this.#lr = lr;
  }

  /** Moves every parameter that has a gradient. */
  override step(): void {
    const { kernels } = this.state.device;
    kernels.adamAdvance(this.state, this.#constants);
    for (const span of this.spans()) {
      const arena = this.arenaOf(span);
      kernels.adamStep(
        span.gradients,
        this.state,
        span.values,
        partOf(this.#means.get(arena)!, span),
        partOf(this.#squares.get(arena)!, span),
        this.#constants,
      );
    }
  }

  /** The moments of each parameter, and what is counted of the steps. */
  protected override slots(): Slot[] {
    return [
      ...this.slotsBeside("exp_avg", this.#means),
      ...this.slotsBeside("exp_avg_sq", this.#squares),
      ["state", this.state],
    ];
  }
}
