import {
  call,
  type CpuTraits,
  kernel,
  type Operand,
  Scratch,
  type WasmCall,
} from "../../kernel.ts";
import { conv2dForward } from "../conv2d.ts";
import { convolutionGradients } from "../gradients.ts";
import { conv2dCost, type Conv2dShape, multiplications } from "../shape.ts";
import * as simd from "./simd.gen.ts";

/** Elements of a transformed tile of 8 by 8. */
const frequencies = 64;

/** Bytes of a tile between two transforms. */
const temporary = 2048;

/** Bytes between the tiles of two frequencies. */
const gap = 64;

/** Pixels a side of the smallest output for which it pays. */
const leastSide = 6;

/**
 * The convolution, as conv2dForward computes it or, on the CPU, by Winograd's
 * F(4×4, 5×5) where that is faster.
 *
 * Winograd's algorithm takes a sixth of the multiplications, and rounds five times
 * as much as the direct sums: 1.1e-5 of outputs around 6, in the mean. It is meant
 * for convolutions whose output is normalised, which makes up for scale, and used
 * from the work on where there is time to win: comparisons step by step with small
 * batches stay close.
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
 */
export const winogradForward = kernel({
  name: "winogradForward",
  operands: { x: "read", weight: "read", bias: "read?", output: "write" },
  compose: (operands, shape: Conv2dShape) => [
    call(conv2dForward, operands, shape),
  ],
  wasm({ bias, output, weight, x }, shape, cpu) {
    if (!fits(shape, cpu)) return null;
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
      }, { work, cost: conv2dCost(shape) }),
    ];
  },
  cost: conv2dCost,
});

/**
 * The gradients with respect to x and the weight, those that are not null; as
 * {@linkcode winogradForward}.
 */
export const winogradGradient = kernel({
  name: "winogradGradient",
  operands: {
    gradOutput: "read",
    x: "read",
    weight: "read",
    gradX: "write?",
    gradWeight: "write?",
  },
  compose: (operands, shape: Conv2dShape) =>
    convolutionGradients(operands, shape),
  wasm({ gradOutput, gradWeight, gradX, weight, x }, shape, cpu) {
    if (!fits(shape, cpu)) return null;
    const { inChannels, outChannels } = shape;
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
    }, { work, cost: { operations: 2 * work * wanted } }));
    if (gradWeight) {
      steps.push(simd.winogradWeightGradient({
        ...memory,
        gradWeight,
        inChannels,
        outChannels,
        summed: cpu.parts(work),
      }, {
        work: inChannels * outChannels * 100,
        label: "winogradWeightGradient",
      }));
    }
    return steps;
  },
});

/** Whether it is faster for a shape, and may round more. */
function fits(shape: Conv2dShape, cpu: CpuTraits): boolean {
  return shape.groups === 1 &&
    shape.kernelHeight === 5 && shape.kernelWidth === 5 &&
    shape.strideHeight === 1 && shape.strideWidth === 1 &&
    shape.dilationHeight === 1 && shape.dilationWidth === 1 &&
    shape.inChannels % 8 === 0 && shape.outChannels % 8 === 0 &&
    shape.outHeight >= leastSide && shape.outWidth >= leastSide &&
    cpu.mayRoundMore(multiplications(shape));
}

/** Transforms the weights, once for all images. */
function transformed(
  weight: Operand,
  to: Operand,
  { inChannels, outChannels }: Conv2dShape,
  flipped: boolean,
  cpu: CpuTraits,
): WasmCall {
  const inStep = 25, outStep = inChannels * 25;
  return simd.winogradWeights({
    weight,
    transformed: to,
    outer: flipped ? outChannels : inChannels,
    lanes: flipped ? inChannels : outChannels,
    outerStep: flipped ? outStep : inStep,
    laneStep: flipped ? inStep : outStep,
    ...threadMemory(cpu, temporary),
  }, { work: inChannels * outChannels * 100, label: "winogradWeights" });
}

function threadMemory(cpu: CpuTraits, bytes: number) {
  const { pointer, stride } = cpu.threadMemory(bytes);
  return { memory: pointer, memoryStride: stride };
}

function weightElements({ inChannels, outChannels }: Conv2dShape): number {
  return frequencies * inChannels * outChannels;
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
  };
}

/**
 * Memory for an image's input and output: in lanes, transformed, and one frequency
 * of them transposed.
 */
function bytesOf(shape: Conv2dShape): { input: number; output: number } {
  const { inChannels, outChannels } = shape;
  const down = Math.ceil(shape.outHeight / 4);
  const across = Math.ceil(shape.outWidth / 4);
  const tiles = Math.ceil(down * across / 4) * 4;
  const tilesOf = (channels: number) =>
    frequencies * (tiles * channels * 4 + gap);
  return {
    input: inChannels * (down + 1) * (across + 1) * 64 + tilesOf(inChannels),
    output: outChannels * down * across * 64 + tilesOf(outChannels) +
      tiles * Math.max(inChannels, outChannels) * 4,
  };
}
