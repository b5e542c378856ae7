import { adamDecay } from "../../kernels/adam/adam.ts";
import { Adam, type AdamOptions, adamRules } from "./adam.ts";
import type { OptimizerParameters, ParameterGroup, Span } from "./optimizer.ts";

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
 *
 * @category Optimizers
 */
export class AdamW extends Adam {
  /**
   * Checks and keeps the arguments.
   *
   * @param parameters `model.parameters()`, or groups of them.
   * @param options Learning rate and constants; `weightDecay` is 0.01 by default.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(
    parameters: OptimizerParameters<AdamOptions>,
    options: AdamOptions = {},
  ) {
    const defaults = { ...adamRules.defaults, weightDecay: 0.01 };
    super(parameters, options, { ...adamRules, defaults });
  }

  /** Decays a stretch of memory, and moves it. */
  protected override update(
    span: Span,
    group: ParameterGroup<AdamOptions>,
  ): void {
    const { values } = span;
    const { weightDecay } = group.options;
    const operands = { state: this.counts(span), parameter: values };
    values.device.run(adamDecay, operands, { weightDecay });
    this.move(span, group, 0);
  }
}
