import {
  BatchNorm2d,
  Conv2d,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from "../nn/mod.ts";
import type { Tensor } from "../core/tensor.ts";

/** Convolution, normalisation, ReLU, and half the height and width. */
export function block(inChannels: number, outChannels: number): Sequential {
  return new Sequential(
    new Conv2d(inChannels, outChannels, { kernelSize: 5, padding: 2 }),
    new BatchNorm2d(outChannels),
    new ReLU(),
    new MaxPool2d([2, 2]),
  );
}

/**
 * The network for images of 28 × 28 pixels: two blocks and a linear layer,
 * 29,034 parameters.
 */
export class ConvolutionalNeuralNetwork extends Module {
  /** `[N, 1, 28, 28]` to `[N, 16, 14, 14]`. */
  readonly layer1: Sequential = block(1, 16);
  /** `[N, 16, 14, 14]` to `[N, 32, 7, 7]`. */
  readonly layer2: Sequential = block(16, 32);
  /** `[N, 1568]` to `[N, classes]`. */
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
    this.fc = new Linear(7 * 7 * 32, classes);
  }

  /** `[N, 1, 28, 28]` to logits `[N, classes]`. */
  override forward(x: Tensor): Tensor {
    const features = this.layer2.forward(this.layer1.forward(x));
    return this.fc.forward(features.flatten());
  }
}
