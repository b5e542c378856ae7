import { batchNorm2dInvStd } from "../batch_norm2d/batch_norm2d.ts";
import { conv2dForward } from "../conv2d/conv2d.ts";
import {
  conv2dCost,
  type Conv2dShape,
  multiplications,
  workOfImages,
} from "../conv2d/shape.ts";
import {
  cachedWeights,
  gap,
  has5x5,
  isPlain,
} from "../conv2d/winograd/wasm.ts";
import { winogradForward } from "../conv2d/winograd/winograd.ts";
import {
  type AnyKernelCall,
  call,
  type CpuTraits,
  type Operand,
  Scratch,
  type WasmCall,
} from "../kernel.ts";
import { threadMemory } from "../lib/thread_memory.ts";
import {
  type ConvBlockShape,
  type EvalOperands,
  isHalving,
  normalisationOf,
  sizeOf,
} from "./shape.ts";
import * as simd from "./simd.gen.ts";
import { finish } from "./wasm.ts";

/** Bytes of an output tile between two transforms. */
const temporary = 512;

/**
 * How much less work than elsewhere is worth rounding more: a program is recorded to
 * run often, and its weights are transformed once.
 */
const lessWork = 1000;

/** A whole block in evaluation, with the running statistics. */
export function evalForward(
  operands: EvalOperands,
  shape: ConvBlockShape,
  cpu: CpuTraits,
): (WasmCall | AnyKernelCall)[] | null {
  if (!isHalving(shape)) return null;
  const { bias, output, runningMean, runningVar, weight, x } = operands;
  const norm = normalisationOf(shape);
  // A prediction that is not recorded has direct sums: its digits count more than
  // its time. With ten epochs' weights, logits up to 41 are then within 1e-5 of sums
  // in double precision, and within 2.8e-5 by Winograd's algorithm.
  if (cpu.recording && isFused(shape, cpu)) {
    const { channels, eps } = norm;
    const factor = new Scratch(channels), constant = new Scratch(channels);
    const folded = { ...operands, factor, constant };
    const fold = simd.convBlockFold(
      { ...folded, channels, eps },
      { label: "convBlockFold" },
    );
    return [fold, ...fused(folded, shape.convolution, cpu)];
  }
  const convolved = new Scratch(sizeOf(norm));
  const invStd = new Scratch(norm.channels);
  const picked = new Scratch(output.buffer.length);
  const convolution = cpu.recording ? winogradForward : conv2dForward;
  const given = { x, weight, bias, output: convolved };
  return [
    call(convolution, given, shape.convolution),
    call(batchNorm2dInvStd, { variance: runningVar, invStd }, norm),
    finish(
      { ...operands, convolved, mean: runningMean, invStd, picked },
      shape,
    ),
  ];
}

/** The operands, and the normalisation as a factor and a constant. */
type FoldedOperands = EvalOperands & {
  readonly factor: Operand;
  readonly constant: Operand;
};

/** Whether the block has a form in one pass that is worth rounding more. */
function isFused({ convolution }: ConvBlockShape, cpu: CpuTraits): boolean {
  return (suitsTiles(convolution) || suitsRows(convolution)) &&
    cpu.mayRoundMore(lessWork * multiplications(convolution));
}

/** Whether F(4×4, 5×5) with tiles in fours has few of them that are not there. */
function suitsTiles(shape: Conv2dShape): boolean {
  const { outHeight, outWidth } = shape;
  const tiles = Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4);
  return has5x5(shape) && tilesOf(shape) <= 1.25 * tiles;
}

/** Whether F(4, 5) along the rows is for a shape. */
function suitsRows(shape: Conv2dShape): boolean {
  const { inChannels, outChannels, outHeight, outWidth } = shape;
  return isPlain(shape, 5) && inChannels < 8 && outChannels % 4 === 0 &&
    outHeight >= 2 && outWidth >= 16 && outWidth % 4 === 0;
}

/** The convolution by Winograd's algorithm, and all that follows. */
function fused(
  operands: FoldedOperands,
  convolution: Conv2dShape,
  cpu: CpuTraits,
): WasmCall[] {
  const about = {
    work: workOfImages(convolution),
    cost: conv2dCost(convolution),
  };
  const given = { ...operands, ...convolution };
  if (!suitsTiles(convolution)) {
    const memory = threadMemory(cpu, bytesOfRows(convolution));
    const label = "convBlockRows";
    return [simd.convBlockRows({ ...given, ...memory }, { ...about, label })];
  }
  const { weight, factor } = operands;
  const { step, weights } = cachedWeights(weight, factor, convolution, cpu);
  const memory = threadMemory(cpu, bytesOfTiles(convolution));
  const label = "convBlockWinograd";
  const args = { ...given, weights, ...memory };
  return [step, simd.convBlockWinograd(args, { ...about, label })];
}

/** A thread's memory for the convolution by F(4×4, 5×5). */
function bytesOfTiles(shape: Conv2dShape): number {
  const { inChannels, inHeight, outChannels, outHeight } = shape;
  const fours = Math.ceil(shape.outWidth / 16);
  return temporary + inHeight * (fours * 64 + 32 + 128) +
    fours * (Math.ceil(outHeight / 4) * 4 + 4) * 128 +
    64 * (tilesOf(shape) * (inChannels + outChannels) * 4 + 2 * gap);
}

/** A thread's memory for the convolution by F(4, 5) along the rows. */
function bytesOfRows(shape: Conv2dShape): number {
  const { inChannels, inHeight, outChannels, outHeight } = shape;
  const fours = Math.ceil(shape.outWidth / 16);
  return outChannels * inChannels * 160 + inChannels * 400 + 1024 +
    inHeight * (fours * 64 + 32 + 128) +
    inChannels * 64 *
      (Math.floor((outHeight + 6) / 2) * shape.outWidth / 4 + 4);
}

/** Tiles of an image in fours of a row, a multiple of 8. */
function tilesOf({ outHeight, outWidth }: Conv2dShape): number {
  return Math.ceil(Math.ceil(outHeight / 4) * Math.ceil(outWidth / 16) / 2) * 8;
}
