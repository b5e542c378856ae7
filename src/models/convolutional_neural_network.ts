import { checkOptions } from "../base/options.ts";
import { describe } from "../base/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import {
  BatchNorm2d,
  Conv2d,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from "../nn/mod.ts";

/** Height and width of the images. */
const imageSize = 28;

/** 28, 14, 7, 3, 1: nothing is left to pool. */
const mostBlocks = 4;

/**
 * How a {@linkcode ConvolutionalNeuralNetwork} is built.
 *
 * @category Models
 */
export interface ConvolutionalNeuralNetworkOptions {
  /**
   * Output channels of each block: one to four of them, since every block halves
   * height and width. Default `[16, 32]`.
   */
  widths?: readonly number[];
}

/** Convolution, batch normalisation, ReLU, and half the height and width. */
function block(inChannels: number, outChannels: number): Sequential {
  return new Sequential(
    new Conv2d(inChannels, outChannels, 5, { padding: 2 }),
    new BatchNorm2d(outChannels),
    new ReLU(),
    new MaxPool2d([2, 2]),
  );
}

/**
 * Blocks of a convolution and a max pooling, then a linear layer, for images of
 * 28 × 28 pixels. By default the network of the PyTorch notebook: two blocks,
 * 29,034 parameters.
 *
 * @example
 * ```ts
 * import { ConvolutionalNeuralNetwork } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new ConvolutionalNeuralNetwork(26, { widths: [8, 16, 32] });
 * assertEquals(model.trace([100, 1, 28, 28]).outputShape, [100, 26]);
 * ```
 *
 * @category Models
 */
export class ConvolutionalNeuralNetwork extends Module {
  /** The blocks, `layer1` first. */
  [block: `layer${number}`]: Sequential;
  /** From the flattened output of the last block to `[N, classes]`. */
  declare readonly fc: Linear;
  /** Number of classes. */
  readonly classes: number;
  readonly #depth: number;

  /**
   * Makes the layers; they have no values before `to(device)`.
   *
   * @param classes Number of classes. Default 10.
   * @param options Output channels of the blocks.
   * @throws {RangeError} If there is no block, or there are more than four.
   */
  constructor(
    classes = 10,
    options: ConvolutionalNeuralNetworkOptions = {},
  ) {
    super();
    checkOptions("ConvolutionalNeuralNetwork", options, ["widths"]);
    const { widths = [16, 32] } = options;
    if (widths.length < 1 || widths.length > mostBlocks) {
      throw new RangeError(describe({
        what: "ConvolutionalNeuralNetwork: widths",
        expected: `output channels of 1 to ${mostBlocks} blocks`,
        got: `${widths.length}`,
        help: "Each block halves the 28 × 28 pixels.",
      }));
    }
    this.classes = classes;
    this.#depth = widths.length;
    let channels = 1;
    let size = imageSize;
    for (const [index, width] of widths.entries()) {
      this[`layer${index + 1}`] = block(channels, width);
      channels = width;
      size = Math.floor(size / 2);
    }
    // After the blocks: fields are parts in the order in which they are set.
    this.fc = new Linear(size * size * channels, classes);
  }

  /** `[N, 1, 28, 28]` to logits `[N, classes]`. */
  override forward(x: Tensor): Tensor {
    let features = x;
    for (let index = 1; index <= this.#depth; index++) {
      features = this[`layer${index}`].forward(features);
    }
    return this.fc.forward(features.flatten(1));
  }
}

/**
 * A {@linkcode ConvolutionalNeuralNetwork} of the widths `[24, 48, 96]`: 153,754
 * parameters.
 *
 * @category Models
 */
export class WiderConvolutionalNeuralNetwork
  extends ConvolutionalNeuralNetwork {
  /**
   * Makes the layers; they have no values before `to(device)`.
   *
   * @param classes Number of classes. Default 10.
   */
  constructor(classes = 10) {
    super(classes, { widths: [24, 48, 96] });
  }
}
