import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import { Between, type Scratch } from "../../scratch.ts";
import type { Operand } from "../../device.ts";
import type { Caller } from "../_call.ts";

/** Places of a transformed tile of 8 by 8. */
const PLACES = 64;
/** Bytes of a tile between two passes. */
const TEMPORARY = 2048;
/** Bytes between the tiles of two places. */
const GAP = 64;

/** Pixels a side of the smallest output for which it pays. */
const LEAST_SIDE = 6;

/** Convolutions of 5 by 5 by Winograd's algorithm, `kernels/cpu/winograd.ts`. */
export interface Winograd {
  /** Whether it is the way to go for a shape. */
  fits(shape: Conv2dShape): boolean;
  /** As `conv2dForward`. */
  forward(
    x: Operand,
    weight: Operand,
    bias: Operand | null,
    output: Operand,
    shape: Conv2dShape,
  ): void;
  /** Both gradients in one, those that are not null. */
  gradients(
    gradOutput: Operand,
    x: Operand,
    weight: Operand,
    gradX: Operand | null,
    gradWeight: Operand | null,
    shape: Conv2dShape,
  ): void;
}

/**
 * Makes them.
 *
 * It takes a sixth of the multiplications, and rounds five times as much as the
 * direct sums: 1.1e-5 of outputs around 6, in the mean. So it is used in blocks
 * alone, whose normalisation makes up for scale, and from the work on where
 * there is time to win: comparisons step by step with small batches stay close.
 * A prediction that is not recorded has direct sums: with ten epochs' weights,
 * logits up to 37 are then within 8e-6 of the true ones, and 2.3e-5 by this.
 *
 * When it is faster, measured on one thread of an AMD EPYC with AVX2, µs an
 * image forward and for both gradients, by Winograd and directly:
 *
 * | channels, pixels | forward    | gradients   |
 * | ---------------- | ---------- | ----------- |
 * | 16 → 32, 14 × 14 | 55, 222    | 156, 396    |
 * | 8 → 16, 28 × 28  | 67, 126    | 174, 282    |
 * | 8 → 8, 14 × 14   | 14.5, 18.0 | 31.3, 40.3  |
 * | 16 → 32, 6 × 6   | 13.9, 51.6 | 53.9, 111   |
 * | 8 → 8, 5 × 5     | 3.6, 3.3   | 7.7, 6.0    |
 * | 32 → 32, 3 × 3   | 25.1, 30.9 | 86.9, 49.9  |
 *
 * So from 8 channels and 6 pixels a side on.
 *
 * @param scratch Where transformed weights live.
 */
export function winograd(caller: Caller, scratch: Scratch): Winograd {
  const transformed = (
    weight: Operand,
    to: Operand,
    { inChannels, outChannels }: Conv2dShape,
    turned: boolean,
  ) => {
    const memory = caller.scratch(TEMPORARY);
    const channels = turned
      ? [outChannels, inChannels, inChannels * 25, 25]
      : [inChannels, outChannels, 25, inChannels * 25];
    caller.run("winogradWeights", [
      ...[weight, to].map(caller.pointer),
      ...channels,
      memory.pointer,
      memory.stride,
    ], inChannels * outChannels * 100);
  };

  return {
    fits: (shape) =>
      shape.kernelHeight === 5 && shape.kernelWidth === 5 &&
      shape.strideHeight === 1 && shape.strideWidth === 1 &&
      shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
      shape.inChannels % 8 === 0 && shape.outChannels % 8 === 0 &&
      shape.outHeight >= LEAST_SIDE && shape.outWidth >= LEAST_SIDE &&
      productsOf(shape) >= caller.winogradFrom,
    forward(x, weight, bias, output, shape) {
      const weights = PLACES * shape.inChannels * shape.outChannels;
      using packed = new Between(scratch, "f32", weights);
      transformed(weight, packed, shape, false);
      const { input, output: outputBytes } = bytesOf(shape);
      const memory = caller.scratch(TEMPORARY + input + outputBytes);
      const words = [
        ...[x, packed, bias, output].map(caller.pointer),
        memory.pointer,
        memory.stride,
        ...sizesOf(shape),
      ];
      const products = productsOf(shape);
      caller.run("winogradForward", words, products, 2 * products);
    },
    gradients(gradOutput, x, weight, gradX, gradWeight, shape) {
      const { inChannels, outChannels } = shape;
      const weights = PLACES * inChannels * outChannels;
      using packed = new Between(scratch, "f32", weights);
      if (gradX) transformed(weight, packed, shape, true);
      const { input, output } = bytesOf(shape);
      const memory = caller.scratch(
        TEMPORARY + weights * 4 + input + output,
      );
      const words = [
        ...[gradOutput, x, packed, gradX].map(caller.pointer),
        memory.pointer,
        memory.stride,
        ...sizesOf(shape),
        gradWeight ? 1 : 0,
      ];
      const products = productsOf(shape);
      const wanted = (gradX ? 1 : 0) + (gradWeight ? 1 : 0);
      const operations = 2 * products * wanted;
      const parts = caller.run("winogradGradient", words, products, operations);
      if (!gradWeight) return;
      caller.run("winogradWeightGradient", [
        caller.pointer(gradWeight),
        memory.pointer,
        memory.stride,
        inChannels,
        outChannels,
        parts,
      ], inChannels * outChannels * 100);
    },
  };
}

function sizesOf(shape: Conv2dShape): number[] {
  return [
    shape.batch,
    shape.inChannels,
    shape.outChannels,
    shape.inHeight,
    shape.inWidth,
    shape.outHeight,
    shape.outWidth,
    shape.paddingHeight,
    shape.paddingWidth,
  ];
}

/**
 * Memory for an image's input and output: in lanes, transformed, and one place
 * of them turned around.
 */
function bytesOf(shape: Conv2dShape): { input: number; output: number } {
  const down = Math.ceil(shape.outHeight / 4);
  const across = Math.ceil(shape.outWidth / 4);
  const tiles = Math.ceil(down * across / 4) * 4;
  const places = (channels: number) => PLACES * (tiles * channels * 4 + GAP);
  return {
    input: shape.inChannels * (down + 1) * (across + 1) * 64 +
      places(shape.inChannels),
    output: shape.outChannels * down * across * 64 +
      places(shape.outChannels) +
      tiles * Math.max(shape.inChannels, shape.outChannels) * 4,
  };
}

/** Multiplications that the direct sum would take. */
function productsOf(shape: Conv2dShape): number {
  return shape.batch * shape.outChannels * shape.outHeight * shape.outWidth *
    shape.inChannels * 25;
}
