import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import { Between, type Scratch } from "../../scratch.ts";
import type { Operand } from "../../device.ts";
import type { Caller, KernelsOf } from "../_call.ts";

/** How an image lies in its padded copy: `kernels/cpu/_conv2d_layout.ts`. */
interface Layout {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly stepHeight: number;
  readonly stepWidth: number;
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly phases: number;
  readonly columns: number;
}

/** Vectors that a tile may load beyond the last pixel of an image, in bytes. */
const SLACK = 64;

/**
 * Convolutions of any shape, computed directly.
 *
 * @param scratch Where packed weights live.
 */
export function conv2d(
  caller: Caller,
  scratch: Scratch,
): ReturnType<
  KernelsOf<
    | "conv2dForward"
    | "conv2dInputGradient"
    | "conv2dWeightGradient"
    | "conv2dBiasGradient"
  >
> {
  const pack = (
    weight: Operand,
    packed: Operand,
    shape: Conv2dShape,
    turned: number,
  ) => {
    const { inChannels, kernelHeight, kernelWidth, outChannels } = shape;
    const pointers = [weight, packed].map(caller.pointer);
    const taps = kernelHeight * kernelWidth;
    const words = [...pointers, outChannels, inChannels, taps, turned];
    caller.run("conv2dPack", words, 0);
  };

  return {
    conv2dForward(x, weight, bias, output, shape) {
      const { inChannels, kernelHeight, kernelWidth, outChannels } = shape;
      const taps = inChannels * kernelHeight * kernelWidth;
      using packed = new Between(scratch, "f32", laned(outChannels) * taps);
      pack(weight, packed, shape, 0);
      const layout = inputLayout(shape, shape.outWidth);
      const memory = caller.scratch(tableBytes(taps) + imageBytes(layout));
      const words = [
        ...[x, packed, bias, output].map(caller.pointer),
        memory.pointer,
        memory.stride,
        shape.batch,
        outChannels,
        shape.outHeight,
        shape.outWidth,
        kernelHeight,
        kernelWidth,
        shape.strideHeight,
        shape.dilationHeight,
        shape.dilationWidth,
        ...layoutWords(layout),
      ];
      const products = productsOf(shape);
      caller.run("conv2dDirect", words, products, 2 * products);
    },
    conv2dInputGradient(gradOutput, weight, gradX, shape) {
      const { inChannels, kernelHeight, kernelWidth, outChannels } = shape;
      const taps = outChannels * kernelHeight * kernelWidth;
      using packed = new Between(scratch, "f32", laned(inChannels) * taps);
      pack(weight, packed, shape, 1);
      const layout = turnedLayout(shape);
      const memory = caller.scratch(tableBytes(taps) + imageBytes(layout));
      const words = [
        ...[gradOutput, packed, null, gradX].map(caller.pointer),
        memory.pointer,
        memory.stride,
        shape.batch,
        inChannels,
        shape.inHeight,
        shape.inWidth,
        kernelHeight,
        kernelWidth,
        1,
        shape.dilationHeight,
        shape.dilationWidth,
        ...layoutWords(layout),
      ];
      const products = productsOf(shape);
      caller.run("conv2dDirect", words, products, 2 * products);
    },
    conv2dWeightGradient(gradOutput, x, gradWeight, shape) {
      const { inChannels, kernelHeight, kernelWidth, outChannels } = shape;
      const taps = inChannels * kernelHeight * kernelWidth;
      const layout = inputLayout(shape, laned(shape.outWidth));
      const groups = laned(outChannels) / 4;
      const vectors = shape.outHeight * laned(shape.outWidth) / 4;
      const memory = caller.scratch(
        roundUp(groups * taps * 16, 64) + tableBytes(taps + TAPS_OF_TILE) +
          groups * vectors * 64 + imageBytes(layout),
      );
      const words = [
        ...[gradOutput, x].map(caller.pointer),
        memory.pointer,
        memory.stride,
        shape.batch,
        outChannels,
        shape.outHeight,
        shape.outWidth,
        kernelHeight,
        kernelWidth,
        shape.strideHeight,
        shape.dilationHeight,
        shape.dilationWidth,
        ...layoutWords(layout),
      ];
      const products = productsOf(shape);
      const name = isFiveWide(shape) ? "conv2dWeightRows" : "conv2dWeightSums";
      const parts = caller.run(name, words, products, 2 * products);
      caller.run("conv2dWeightGradient", [
        memory.pointer,
        memory.stride,
        caller.pointer(gradWeight),
        outChannels,
        taps,
        parts,
      ], outChannels * taps);
    },
    conv2dBiasGradient(gradOutput, gradBias, shape) {
      const { batch, outChannels, outHeight, outWidth } = shape;
      const pointers = [gradOutput, gradBias].map(caller.pointer);
      const area = outHeight * outWidth;
      const words = [...pointers, batch, outChannels, area];
      caller.run("conv2dBiasGradient", words, batch * outChannels * area);
    },
  };
}

/**
 * Whether the weight gradient has a kernel of its own. For 1 channel to 16 of
 * 28×28 pixels that takes half the time of the general one.
 */
function isFiveWide(shape: Conv2dShape): boolean {
  return shape.kernelWidth === 5 && shape.outChannels % 8 === 0 &&
    shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1;
}

/** Taps that a tile of the weight gradient takes at once. */
const TAPS_OF_TILE = 3;

/**
 * The input with its padding; neighbours are what lies a stride apart.
 *
 * @param outWidth Columns of the output, and more where vectors reach further.
 */
function inputLayout(shape: Conv2dShape, outWidth: number): Layout {
  const reach = reachOf(shape);
  const { outHeight, strideHeight, strideWidth } = shape;
  return {
    channels: shape.inChannels,
    height: shape.inHeight,
    width: shape.inWidth,
    stepHeight: 1,
    stepWidth: 1,
    top: shape.paddingHeight,
    left: shape.paddingWidth,
    rows: (outHeight - 1) * strideHeight + reach.height + 1,
    phases: strideWidth,
    columns: outWidth + Math.floor(reach.width / strideWidth),
  };
}

/** The output's gradient, its pixels a stride apart. */
function turnedLayout(shape: Conv2dShape): Layout {
  const reach = reachOf(shape);
  return {
    channels: shape.outChannels,
    height: shape.outHeight,
    width: shape.outWidth,
    stepHeight: shape.strideHeight,
    stepWidth: shape.strideWidth,
    top: reach.height - shape.paddingHeight,
    left: reach.width - shape.paddingWidth,
    rows: shape.inHeight + reach.height,
    phases: 1,
    columns: shape.inWidth + reach.width,
  };
}

/** From the first tap of a kernel to its last, in pixels. */
function reachOf(shape: Conv2dShape): { height: number; width: number } {
  return {
    height: (shape.kernelHeight - 1) * shape.dilationHeight,
    width: (shape.kernelWidth - 1) * shape.dilationWidth,
  };
}

function layoutWords(layout: Layout): number[] {
  const { channels, height, left, stepHeight, stepWidth, top, width } = layout;
  const source = [channels, height, width, stepHeight, stepWidth, top, left];
  return [...source, layout.rows, layout.phases, layout.columns];
}

function imageBytes({ channels, columns, phases, rows }: Layout): number {
  return roundUp(channels * rows * phases * columns * 4 + SLACK, 64);
}

function tableBytes(taps: number): number {
  return roundUp(taps * 4, 64);
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Channels or columns rounded up to whole vectors. */
function laned(count: number): number {
  return roundUp(count, 4);
}

/** Multiplications of a convolution and of each of its gradients. */
function productsOf(shape: Conv2dShape): number {
  return shape.batch * shape.outChannels * shape.outHeight * shape.outWidth *
    shape.inChannels * shape.kernelHeight * shape.kernelWidth;
}
