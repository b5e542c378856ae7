import { rmspropStep } from "../../kernels/rmsprop/rmsprop.ts";
import {
  checkRange,
  Optimizer,
  type OptimizerParameters,
  type OptimizerRules,
  type ParameterGroup,
  type Span,
} from "./optimizer.ts";

/**
 * The options of {@linkcode RMSprop}; the defaults are PyTorch's.
 *
 * @category Optimizers
 */
export interface RMSpropOptions {
  /** Learning rate. Default 1e-2. */
  lr?: number;
  /** Decay of the mean of the squared gradient. Default 0.99. */
  alpha?: number;
  /** Added to the root of that mean. Default 1e-8. */
  eps?: number;
  /** L2 penalty, added to the gradient. Default 0. */
  weightDecay?: number;
  /** Decay of the momentum. Default 0: none is kept. */
  momentum?: number;
  /** Whether the gradient is divided by its deviation. Default false. */
  centered?: boolean;
}

const rules: OptimizerRules<RMSpropOptions> = {
  defaults: {
    lr: 1e-2,
    alpha: 0.99,
    eps: 1e-8,
    weightDecay: 0,
    momentum: 0,
    centered: false,
  },
  check(what, { alpha, eps, lr, momentum, weightDecay }) {
    checkRange(`${what}: lr`, lr, 0, Infinity);
    checkRange(`${what}: alpha`, alpha, 0, Infinity);
    checkRange(`${what}: eps`, eps, 0, Infinity);
    checkRange(`${what}: weightDecay`, weightDecay, 0, Infinity);
    checkRange(`${what}: momentum`, momentum, 0, Infinity);
  },
  states: ({ centered, momentum }) => [
    "square_avg",
    ...momentum > 0 ? ["momentum_buffer"] : [],
    ...centered ? ["grad_avg"] : [],
  ],
};

/**
 * RMSprop (Hinton, "Neural Networks for Machine Learning", lecture 6, 2012), as
 * PyTorch has it: the gradient divided by the root of its running mean square.
 *
 * @example
 * ```ts
 * import { Linear, openDevice, RMSprop } from "@x/mnist-cnn";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new RMSprop(model.parameters(), { centered: true });
 * ```
 *
 * @category Optimizers
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  /**
   * Checks and keeps the arguments.
   *
   * @param parameters `model.parameters()`, or groups of them.
   * @param options Learning rate and constants.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(
    parameters: OptimizerParameters<RMSpropOptions>,
    options: RMSpropOptions = {},
  ) {
    super(parameters, options, rules);
  }

  /** Moves a stretch of memory, and its means. */
  protected override update(
    span: Span,
    group: ParameterGroup<RMSpropOptions>,
  ): void {
    const { alpha, centered, eps, momentum, weightDecay } = group.options;
    span.values.device.run(rmspropStep, {
      gradient: span.gradients,
      learningRate: group.rates[0],
      parameter: span.values,
      squareAvg: group.state("square_avg", span),
      gradAvg: centered ? group.state("grad_avg", span) : null,
      momentumBuffer: momentum > 0
        ? group.state("momentum_buffer", span)
        : null,
    }, { alpha, eps, momentum, weightDecay });
  }
}
