import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../core/tensor.ts";
import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { relu } from "../ops/relu.ts";

/**
 * How a {@linkcode MultilayerPerceptron} is built.
 *
 * @category Models
 */
export interface MultilayerPerceptronOptions {
  /** Elements of an image, flattened. Default 784, which is 28 × 28. */
  inputs?: number;
  /** Units of the hidden layer. Default 500. */
  hidden?: number;
}

/**
 * Two linear layers with a ReLU between them. By default the network that the
 * introduction of the PyTorch notebook describes: 784 inputs, 500 hidden units,
 * 10 classes, 397,510 parameters.
 *
 * @example
 * ```ts
 * import { MultilayerPerceptron } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const trace = new MultilayerPerceptron().trace([100, 1, 28, 28]);
 * assertEquals(trace.parameters, 397_510);
 * ```
 *
 * @category Models
 */
export class MultilayerPerceptron extends Module {
  /** `[N, inputs]` to `[N, hidden]`. */
  readonly fc1: Linear;
  /** `[N, hidden]` to `[N, classes]`. */
  readonly fc2: Linear;
  /** Number of classes. */
  readonly classes: number;

  /**
   * Makes the layers; they have no values before `to(device)`.
   *
   * @param classes Number of classes. Default 10.
   * @param options Sizes of the first two layers.
   */
  constructor(
    classes = 10,
    options: MultilayerPerceptronOptions = {},
  ) {
    super();
    checkOptions("MultilayerPerceptron", options, ["hidden", "inputs"]);
    const { hidden = 500, inputs = 784 } = options;
    this.classes = classes;
    this.fc1 = new Linear(inputs, hidden);
    this.fc2 = new Linear(hidden, classes);
  }

  /** `[N, …]`, flattened to `[N, inputs]`, to logits `[N, classes]`. */
  override forward(x: Tensor): Tensor {
    return this.fc2.forward(relu(this.fc1.forward(x.flatten(1))));
  }
}
