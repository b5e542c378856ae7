import { adadeltaStep } from "../../kernels/adadelta/adadelta.ts";
import {
  checkRange,
  Optimizer,
  type OptimizerParameters,
  type OptimizerRules,
  type ParameterGroup,
  type Span,
} from "./optimizer.ts";

/**
 * The options of {@linkcode Adadelta}; the defaults are PyTorch's.
 *
 * @category Optimizers
 */
export interface AdadeltaOptions {
  /** Factor of every move. Default 1. */
  lr?: number;
  /** Decay of the means of squared gradients and moves. Default 0.9. */
  rho?: number;
  /** Added to both means under their roots. Default 1e-6. */
  eps?: number;
  /** L2 penalty, added to the gradient. Default 0. */
  weightDecay?: number;
}

const rules: OptimizerRules<AdadeltaOptions> = {
  defaults: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0 },
  check(what, { eps, lr, rho, weightDecay }) {
    checkRange(`${what}: lr`, lr, 0, Infinity);
    checkRange(`${what}: rho`, rho, 0, 1);
    checkRange(`${what}: eps`, eps, 0, Infinity);
    checkRange(`${what}: weightDecay`, weightDecay, 0, Infinity);
  },
  states: () => ["square_avg", "acc_delta"],
};

/**
 * Adadelta (Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012), as
 * PyTorch has it: moves as large as the last ones, whatever the gradient's size.
 *
 * @example
 * ```ts
 * import { Adadelta, Linear, lrScheduler, openDevice } from "@x/mnist-cnn";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new Adadelta(model.parameters());
 * const schedule = new lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.7 });
 * ```
 *
 * @category Optimizers
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  /**
   * Checks and keeps the arguments.
   *
   * @param parameters `model.parameters()`, or groups of them.
   * @param options Factor and constants.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(
    parameters: OptimizerParameters<AdadeltaOptions>,
    options: AdadeltaOptions = {},
  ) {
    super(parameters, options, rules);
  }

  /** Moves a stretch of memory, and its means. */
  protected override update(
    span: Span,
    group: ParameterGroup<AdadeltaOptions>,
  ): void {
    const { eps, rho, weightDecay } = group.options;
    span.values.device.run(adadeltaStep, {
      gradient: span.gradients,
      learningRate: group.rates[0],
      parameter: span.values,
      squareAvg: group.state("square_avg", span),
      accDelta: group.state("acc_delta", span),
    }, { eps, rho, weightDecay });
  }
}
