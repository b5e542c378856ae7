import {
  Cache,
  type CpuTraits,
  type Operand,
  Scratch,
  type WasmCall,
} from "../../kernel.ts";
import { threadMemory } from "../../lib/thread_memory.ts";
import { asLinear } from "../as_linear.ts";
import {
  conv2dCost,
  type Conv2dShape,
  type ForwardOperands,
  multiplications,
} from "../shape.ts";
import * as simd from "./simd.gen.ts";

/** Bytes of a tile between two transforms. */
const temporary = 2048;

/** Bytes between what is of one frequency and what is of the next. */
export const gap = 64;

/** Tiles of several images that are summed at a time, and multiplied, at least. */
const leastSummed = 16, leastTiles = 32;

/** Pixels a side of the smallest output for which F(4×4, 5×5) pays. */
const leastSide = 6;

/** Operands of the gradients; null where one is not wanted. */
export interface GradientOperands {
  readonly gradOutput: Operand;
  readonly x: Operand;
  readonly weight: Operand;
  readonly gradX: Operand | null;
  readonly gradWeight: Operand | null;
}

/** The convolution. */
export function forward(
  { bias, output, weight, x }: ForwardOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): WasmCall[] {
  const weights = new Scratch(weightElements(shape));
  const bytes = bytesOf(shape);
  const work = multiplications(shape);
  return [
    transformed(weight, weights, shape, false, cpu),
    simd.winogradForward({
      ...threadMemory(cpu, temporary + bytes.input + bytes.output),
      ...sizesOf(shape),
      x,
      weights,
      bias,
      output,
    }, { work, label: "winogradForward", cost: conv2dCost(shape) }),
  ];
}

/** The gradients with respect to x and the weight, those that are not null. */
export function gradient(
  { gradOutput, gradWeight, gradX, weight, x }: GradientOperands,
  shape: Conv2dShape,
  cpu: CpuTraits,
): WasmCall[] {
  const { inChannels, kernelHeight, outChannels } = shape;
  const weights = new Scratch(weightElements(shape));
  const bytes = bytesOf(shape);
  const memory = threadMemory(
    cpu,
    temporary + weightElements(shape) * 4 + bytes.input + bytes.output,
  );
  const work = multiplications(shape);
  const wanted = Number(gradX !== null) + Number(gradWeight !== null);
  const steps: WasmCall[] = [];
  if (gradX) steps.push(transformed(weight, weights, shape, true, cpu));
  steps.push(simd.winogradGradient({
    ...memory,
    ...sizesOf(shape),
    gradOutput,
    x,
    weights,
    gradX,
    ofWeights: Number(gradWeight !== null),
  }, {
    work,
    label: "winogradGradient",
    cost: { operations: 2 * work * wanted },
  }));
  if (gradWeight) {
    steps.push(simd.winogradWeightGradient({
      ...memory,
      gradWeight,
      inChannels,
      outChannels,
      kernelSide: kernelHeight,
      stride: shape.strideHeight,
      summed: cpu.parts(work),
    }, {
      work: inChannels * outChannels * 100,
      label: "winogradWeightGradient",
    }));
  }
  return steps;
}

/** Whether it is faster for a 5×5 convolution, and may round more. */
export function suits5x5(shape: Conv2dShape, cpu: CpuTraits): boolean {
  return has5x5(shape) && cpu.mayRoundMore(multiplications(shape));
}

/**
 * Whether it is faster for a 3×3 convolution, and may round more. Its time by
 * that of the direct convolution, one thread of a Xeon with AVX-512, medians of
 * 11 to 25 rounds in turn:
 *
 * | channels, pixels | forward | gradients |
 * | ---------------- | ------- | --------- |
 * | 32 → 32, 28 × 28 | 0.46    | 0.38      |
 * | 32 → 64, 28 × 28 | 0.39    | 0.34      |
 * | 64 → 64, 28 × 28 | 0.41    | 0.30      |
 * | 32 → 32, 14 × 14 | 0.47    | 0.43      |
 * | 32 → 64, 14 × 14 | 0.42    | 0.30      |
 * | 64 → 64, 14 × 14 | 0.41    | 0.36      |
 * | 16 → 16, 32 × 32 | 0.51    | 0.51      |
 * | 32 → 32, 16 × 16 | 0.46    | 0.34      |
 * | 64 → 64, 8 × 8   | 0.36    | 0.29      |
 * | 64 → 64, 4 × 4   | 0.40    | 0.20      |
 * | 8 → 8, 28 × 28   | 0.90    | 0.65      |
 * | 8 → 8, 14 × 14   | 1.08    | 0.94      |
 *
 * With stride 2, one thread of an AMD EPYC with AVX-512, the shortest of 12:
 *
 * | channels, pixels  | forward | gradients |
 * | ----------------- | ------- | --------- |
 * | 16 → 16, 28 × 28  | 0.98    | 1.00      |
 * | 16 → 32, 32 × 32  | 0.78    | 0.76      |
 * | 32 → 64, 16 × 16  | 0.65    | 0.71      |
 * | 64 → 64, 28 × 28  | 0.76    | 0.81      |
 * | 64 → 128, 14 × 14 | 0.76    | 0.78      |
 * | 64 → 64, 8 × 8    | 0.55    | 0.67      |
 * | 8 → 16, 28 × 28   | 1.05    | 1.05      |
 * | 8 → 8, 28 × 28    | 1.18    | 1.13      |
 * | 16 → 16, 9 × 9    | 1.25    | 1.76      |
 *
 * Against sums in f64, for outputs of unit scale, it errs by 6e-7 in the mean and
 * 7.5e-6 at worst, where direct sums err by 2.9e-7 and 4.8e-6; the gradient with
 * respect to the weight by 6e-7 of its scale and 3.6e-6, where it is 2e-7 and 1.1e-6.
 * With stride 2 the output errs by 3.8e-7 and 4.8e-6, so that a quarter of the work is
 * enough to round more for.
 */
export function suits3x3(shape: Conv2dShape, cpu: CpuTraits): boolean {
  return isKnown(shape, 3) && asLinear(shape) === null &&
    cpu.mayRoundMore(multiplications(shape) * shape.strideHeight ** 2) &&
    costOf3x3(shape) < costOfDirect3x3(shape);
}

/**
 * The time of the algorithm for an image, for each kernel, a pair of an input
 * channel and an output channel. The unit is the time that the direct convolution
 * takes for a multiplication. Measured.
 */
function costOf3x3(shape: Conv2dShape): number {
  const { across, down } = tilesOf(shape);
  const tiles = down * across;
  const multiplied = roomForTiles(shape) / together(shape);
  const perChannel = 1 / shape.inChannels + 1 / shape.outChannels;
  const [products, transforms] = shape.strideHeight === 1
    ? [27, 400]
    : [89, 250];
  return products * multiplied + transforms * tiles * perChannel +
    1500 / shape.batch;
}

/** The same for the direct convolution, which takes four columns at a time. */
function costOfDirect3x3({ outHeight, outWidth }: Conv2dShape): number {
  return 9 * outHeight * Math.ceil(outWidth / 4) * 4;
}

/** Whether there is a form of the algorithm for a shape. */
function isKnown(shape: Conv2dShape, kernelSide: 3 | 5): boolean {
  return isPlain(shape, kernelSide) &&
    shape.inChannels % 8 === 0 && shape.outChannels % 8 === 0;
}

/** Whether tiles of outputs can have their inputs side by side: stride 1, or 2 for 3×3. */
export function isPlain(shape: Conv2dShape, kernelSide: number): boolean {
  const { outHeight, outWidth, strideHeight: stride } = shape;
  return shape.groups === 1 &&
    shape.kernelHeight === kernelSide && shape.kernelWidth === kernelSide &&
    (stride === 1 || stride === 2 && kernelSide === 3) &&
    shape.strideWidth === stride &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
    // All of the input is in reach of a tap.
    shape.inHeight + shape.paddingHeight <=
      (outHeight - 1) * stride + kernelSide &&
    shape.inWidth + shape.paddingWidth <= (outWidth - 1) * stride + kernelSide;
}

/** Whether there is F(4×4, 5×5) for a shape, and it is faster. */
export function has5x5(shape: Conv2dShape): boolean {
  return isKnown(shape, 5) &&
    shape.outHeight >= leastSide && shape.outWidth >= leastSide;
}

/**
 * The weights of a recorded program, transformed where they, or the factors of their
 * output channels, have changed since the last replay; and where they are.
 */
export function cachedWeights(
  weight: Operand,
  factor: Operand,
  shape: Conv2dShape,
  cpu: CpuTraits,
): { step: WasmCall; weights: Cache } {
  const start = weightElements(shape);
  const weights = new Cache(
    start + weight.buffer.length + shape.outChannels,
  );
  const step = simd.winogradCachedWeights(
    { ...weightsOf(weight, weights, shape, false, cpu), factor, start },
    { label: "winogradWeights" },
  );
  return { step, weights };
}

/** Transforms the weights, once for all images. */
function transformed(
  weight: Operand,
  to: Operand,
  shape: Conv2dShape,
  flipped: boolean,
  cpu: CpuTraits,
): WasmCall {
  return simd.winogradWeights(weightsOf(weight, to, shape, flipped, cpu), {
    work: shape.inChannels * shape.outChannels * 100,
    label: "winogradWeights",
  });
}

function weightsOf(
  weight: Operand,
  transformed: Operand,
  { inChannels, kernelHeight, outChannels, strideHeight }: Conv2dShape,
  flipped: boolean,
  cpu: CpuTraits,
) {
  const inStep = kernelHeight ** 2, outStep = inChannels * inStep;
  return {
    weight,
    transformed,
    outer: flipped ? outChannels : inChannels,
    lanes: flipped ? inChannels : outChannels,
    kernelSide: kernelHeight,
    stride: strideHeight,
    outerStep: flipped ? outStep : inStep,
    laneStep: flipped ? inStep : outStep,
    ...threadMemory(cpu, temporary),
  };
}

/** Rows, and columns, of a transformed tile. */
function sideOf({ kernelHeight, strideHeight }: Conv2dShape): number {
  return strideHeight === 1 ? kernelHeight + 3 : 9;
}

/** Elements of a transformed tile. */
function frequenciesOf(shape: Conv2dShape): number {
  return sideOf(shape) ** 2;
}

/** Elements of transformed weights: with stride 2, frequencies share some. */
function weightElements(shape: Conv2dShape): number {
  return (shape.kernelHeight + 3) ** 2 *
    (shape.inChannels * shape.outChannels + gap / 4);
}

function sizesOf(shape: Conv2dShape) {
  return {
    batch: shape.batch,
    inChannels: shape.inChannels,
    outChannels: shape.outChannels,
    inHeight: shape.inHeight,
    inWidth: shape.inWidth,
    outHeight: shape.outHeight,
    outWidth: shape.outWidth,
    paddingHeight: shape.paddingHeight,
    paddingWidth: shape.paddingWidth,
    kernelSide: shape.kernelHeight,
    stride: shape.strideHeight,
    together: together(shape),
    summed: summed(shape),
  };
}

/**
 * Images whose tiles' sums for the gradient with respect to the weights are added to
 * those of the images before at a time: which images these are changes the last bits.
 */
function summed(shape: Conv2dShape): number {
  if (shape.kernelHeight === 5) return 1;
  const { across, down } = tilesOf(shape);
  return Math.min(shape.batch, Math.ceil(leastSummed / (down * across)));
}

/** Images whose tiles are multiplied at a time, a multiple of those summed, or all. */
function together(shape: Conv2dShape): number {
  const { across, down } = tilesOf(shape);
  const images = summed(shape);
  const groups = Math.ceil(leastTiles / (images * down * across));
  return Math.min(shape.batch, groups * images);
}

/** Tiles that are multiplied at a time, a multiple of 4. */
function roomForTiles(shape: Conv2dShape): number {
  const { across, down } = tilesOf(shape);
  return Math.ceil(together(shape) * down * across / 4) * 4;
}

/** Tiles of an image. */
function tilesOf({ outHeight, outWidth }: Conv2dShape) {
  return { down: Math.ceil(outHeight / 4), across: Math.ceil(outWidth / 4) };
}

/**
 * Memory for some images' input and output: in lanes, transformed, a row of tiles
 * half transformed, and one frequency of them transposed.
 */
function bytesOf(shape: Conv2dShape): { input: number; output: number } {
  const { inChannels, outChannels } = shape;
  const { across, down } = tilesOf(shape);
  const tiles = roomForTiles(shape);
  const side = sideOf(shape), reach = 4 * shape.strideHeight;
  const rows = (down - 1) * reach + side, columns = (across - 1) * reach + side;
  const bytes = (channels: number) =>
    frequenciesOf(shape) * (tiles * channels * 4 + gap);
  return {
    input: inChannels * rows * columns * 4 + bytes(inChannels),
    output: outChannels * down * across * 64 + bytes(outChannels) +
      side * columns * 16 + tiles * Math.max(inChannels, outChannels) * 4,
  };
}
