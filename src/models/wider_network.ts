import { block } from "./network.ts";
import { Linear, Module, type Sequential } from "../nn/mod.ts";
import type { Tensor } from "../core/tensor.ts";

/**
 * The notebook's network with half as many channels again and a third block:
 * 153,754 parameters, for images of 28 × 28 pixels.
 */
export class WiderConvolutionalNeuralNetwork extends Module {
  /** `[N, 1, 28, 28]` to `[N, 24, 14, 14]`. */
  readonly layer1: Sequential = block(1, 24);
  /** `[N, 24, 14, 14]` to `[N, 48, 7, 7]`. */
  readonly layer2: Sequential = block(24, 48);
  /** `[N, 48, 7, 7]` to `[N, 96, 3, 3]`. */
  readonly layer3: Sequential = block(48, 96);
  /** `[N, 864]` to `[N, classes]`. */
  readonly fc: Linear;
  /** How many classes there are. */
  readonly classes: number;

  /**
   * Keeps the arguments.
   *
   * @param classes How many classes there are. Default 10.
   */
  constructor(classes = 10) {
    super();
    this.classes = classes;
    this.fc = new Linear(3 * 3 * 96, classes);
  }

  /** `[N, 1, 28, 28]` to logits `[N, classes]`. */
  override forward(x: Tensor): Tensor {
    const features = this.layer2.forward(this.layer1.forward(x));
    return this.fc.forward(this.layer3.forward(features).flatten());
  }
}
