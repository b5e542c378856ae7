import { adamDecay } from "../../kernels/adam/adam.ts";
import { pythonNumber } from "../base/python_text.ts";
import type { Parameter } from "../nn/parameter.ts";
import { Adam, type AdamOptions } from "./adam.ts";
import { checkRange } from "./optimizer.ts";

/** The constants of {@linkcode AdamW}; the defaults are PyTorch's. */
export interface AdamWOptions extends AdamOptions {
  /** Share by which a parameter decays, times the learning rate. Default 0.01. */
  weightDecay?: number;
}

/**
 * Adam with the decay of weights apart from the gradient (Loshchilov and
 * Hutter, "Decoupled Weight Decay Regularization", 2019), as PyTorch has it.
 *
 * @example
 * ```ts
 * import { AdamW, Linear, openDevice } from "@x/mnist-cnn";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new AdamW(model.parameters(), { weightDecay: 0.05 });
 * ```
 */
export class AdamW extends Adam {
  readonly #weightDecay: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param parameters `model.parameters()`.
   * @param options Learning rate and constants.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(parameters: readonly Parameter[], options: AdamWOptions = {}) {
    const { weightDecay = 0.01, ...others } = options;
    super(parameters, others);
    checkRange("AdamW: weightDecay", weightDecay, 0, Infinity);
    this.#weightDecay = weightDecay;
  }

  /** Decays and moves every parameter that has a gradient. */
  override step(): void {
    const { state } = this;
    const constants = { weightDecay: this.#weightDecay };
    for (const { values: parameter } of this.spans()) {
      parameter.device.run(adamDecay, { state, parameter }, constants);
    }
    super.step();
  }

  /** The decay is that of AdamW. */
  protected override representation(): Record<string, string> {
    return {
      ...super.representation(),
      weight_decay: pythonNumber(this.#weightDecay),
    };
  }
}
