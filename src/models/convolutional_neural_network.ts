import { checkOptions } from "../base/options.ts";
import { describe, ShapeError } from "../base/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { BatchNorm2d } from "../nn/batch_norm2d.ts";
import { Conv2d } from "../nn/conv2d.ts";
import { Linear } from "../nn/linear.ts";
import { MaxPool2d } from "../nn/max_pool2d.ts";
import { Module } from "../nn/module.ts";
import { ReLU } from "../nn/relu.ts";
import { Sequential } from "../nn/sequential.ts";

/** MNIST's images: channels, height and width. */
const mnistShape = [1, 28, 28] as const;

/**
 * How a {@linkcode ConvolutionalNeuralNetwork} is built.
 *
 * @category Models
 */
export interface ConvolutionalNeuralNetworkOptions {
  /**
   * Output channels of each block. Every block halves height and width: for
   * 28 × 28 pixels there are one to four. Default `[16, 32]`.
   */
  widths?: readonly number[];
  /** Channels, height and width of an image. Default `[1, 28, 28]`. */
  inputShape?: readonly number[];
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

/** Pixels of a channel that so many halvings leave. */
function areaAfter(
  [, height, width]: readonly number[],
  halvings: number,
): number {
  return Math.floor(height / 2 ** halvings) * Math.floor(width / 2 ** halvings);
}

function checkInputShape(shape: readonly number[]): void {
  const isSize = (size: number) => Number.isSafeInteger(size) && size > 0;
  if (shape.length === 3 && shape.every(isSize)) return;
  throw new ShapeError(describe({
    what: "ConvolutionalNeuralNetwork: inputShape",
    expected: "[channels, height, width]",
    got: `[${shape.join(", ")}]`,
    help: "Give the shape of one image: [1, 28, 28] for MNIST's.",
  }));
}

function checkWidths(
  widths: readonly number[],
  [, height, width]: readonly number[],
): void {
  const most = Math.floor(Math.log2(Math.min(height, width)));
  if (widths.length >= 1 && widths.length <= most) return;
  throw new RangeError(describe({
    what: "ConvolutionalNeuralNetwork: widths",
    expected: `output channels of 1 to ${most} blocks`,
    got: `${widths.length}`,
    help: `Each block halves the ${height} × ${width} pixels.`,
  }));
}

/**
 * Blocks of a convolution and a max pooling, then a linear layer, for images of
 * 28 × 28 pixels or of `inputShape`. By default the network of the PyTorch notebook: two blocks,
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
  /** Channels, height and width of an image. */
  readonly inputShape: readonly number[];
  readonly #depth: number;

  /**
   * Makes the layers; they have no values before `to(device)`.
   *
   * @param classes Number of classes. Default 10.
   * @param options Output channels of the blocks, and the shape of an image.
   * @throws {RangeError} If there is no block, or so many that nothing would be
   * left to halve.
   * @throws {ShapeError} If `inputShape` is that of no image.
   */
  constructor(
    classes = 10,
    options: ConvolutionalNeuralNetworkOptions = {},
  ) {
    super();
    checkOptions("ConvolutionalNeuralNetwork", options, [
      "inputShape",
      "widths",
    ]);
    const { inputShape = mnistShape, widths = [16, 32] } = options;
    checkInputShape(inputShape);
    checkWidths(widths, inputShape);
    this.classes = classes;
    this.inputShape = [...inputShape];
    this.#depth = widths.length;
    let channels = inputShape[0];
    for (const [index, width] of widths.entries()) {
      this[`layer${index + 1}`] = block(channels, width);
      channels = width;
    }
    // After the blocks: fields are parts in the order in which they are set.
    const area = areaAfter(inputShape, widths.length);
    this.fc = new Linear(area * channels, classes);
  }

  /** `[N, …inputShape]` to logits `[N, classes]`. */
  override forward(x: Tensor): Tensor {
    this.#check(x.shape);
    let features = x;
    for (let index = 1; index <= this.#depth; index++) {
      features = this[`layer${index}`].forward(features);
    }
    return this.fc.forward(features.flatten(1));
  }

  #check([, ...shape]: readonly number[]): void {
    const { inputShape } = this;
    const fits = shape.length === 3 && shape[0] === inputShape[0] &&
      areaAfter(shape, this.#depth) === areaAfter(inputShape, this.#depth);
    if (fits) return;
    const [channels, height, width] = inputShape;
    throw new ShapeError(describe({
      what: "ConvolutionalNeuralNetwork: input",
      expected: `[N, ${inputShape.join(", ")}]: ${height} × ${width} pixels ` +
        `of ${channels} ${channels === 1 ? "channel" : "channels"}`,
      got: `[N, ${shape.join(", ")}]`,
      help: "Give images of that size, or make the network for these: " +
        "{ inputShape: [channels, height, width] }.",
    }));
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
   * @param options The shape of an image.
   */
  constructor(
    classes = 10,
    options: Pick<ConvolutionalNeuralNetworkOptions, "inputShape"> = {},
  ) {
    super(classes, { widths: [24, 48, 96], ...options });
  }
}
