import {
  type SgdConstants as Constants,
  sgdStep,
} from "../../kernels/sgd/sgd.ts";
import { pythonBool, pythonNumber } from "../base/python_text.ts";
import type { Arena, Parameter } from "../nn/parameter.ts";
import { Tensor } from "../core/tensor.ts";
import type { Slot } from "./_state_dict.ts";
import { besideArena, checkRange, Optimizer } from "./optimizer.ts";
import { partOf } from "./_spans.ts";

/** The constants of {@linkcode SGD}; the defaults are PyTorch's. */
export interface SGDOptions {
  /** Learning rate. Default 1e-3. */
  lr?: number;
  /** Decay of the momentum. Default 0: none is kept. */
  momentum?: number;
  /** L2 penalty, added to the gradient. Default 0. */
  weightDecay?: number;
  /** Whether to look ahead along the momentum. Default false. */
  nesterov?: boolean;
}

/** Stochastic gradient descent with momentum, as PyTorch has it. */
export class SGD extends Optimizer {
  readonly #constants: Constants;
  readonly #momenta = new Map<Arena, Tensor>();
  readonly #learningRate: Tensor;
  #lr: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param parameters `model.parameters()`.
   * @param options Learning rate and constants.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(parameters: readonly Parameter[], options: SGDOptions = {}) {
    super(parameters);
    const { lr = 1e-3, momentum = 0, nesterov = false, weightDecay = 0 } =
      options;
    checkRange("SGD: lr", lr, 0, Infinity);
    checkRange("SGD: momentum", momentum, 0, 1);
    checkRange("SGD: weightDecay", weightDecay, 0, Infinity);
    this.#constants = { momentum, nesterov, weightDecay };
    this.#lr = lr;
    const [{ values: { device } }] = this.arenas;
    this.#learningRate = Tensor.empty(device, [1], "f32", "persistent");
    device.write(this.#learningRate.buffer, new Float32Array([lr]));
    if (momentum === 0) return;
    for (const arena of this.arenas) {
      this.#momenta.set(arena, besideArena(arena));
    }
  }

  /** The learning rate; a change holds from the next step on. */
  override get lr(): number {
    return this.#lr;
  }

  override set lr(lr: number) {
    checkRange("SGD: lr", lr, 0, Infinity);
    const { buffer, device } = this.#learningRate;
    device.write(buffer, new Float32Array([lr]));
    this.#lr = lr;
  }

  /** Moves every parameter that has a gradient. */
  override step(): void {
    const { device } = this.#learningRate;
    for (const span of this.spans()) {
      const momentum = this.#momenta.get(this.arenaOf(span));
      device.run(sgdStep, {
        gradient: span.gradients,
        learningRate: this.#learningRate,
        parameter: span.values,
        momentumBuffer: momentum === undefined ? null : partOf(momentum, span),
      }, this.#constants);
    }
  }

  /** Beside the learning rate `momentum`, `nesterov` and `weight_decay`. */
  protected override representation(): Record<string, string> {
    const { momentum, nesterov, weightDecay } = this.#constants;
    return {
      ...super.representation(),
      momentum: pythonNumber(momentum),
      nesterov: pythonBool(nesterov),
      weight_decay: pythonNumber(weightDecay),
    };
  }

  /** The momentum of each parameter, where there is any. */
  protected override slots(): Slot[] {
    return this.slotsBeside("momentum_buffer", this.#momenta);
  }
}
