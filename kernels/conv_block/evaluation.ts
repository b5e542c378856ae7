import { batchNorm2dInvStd } from "../batch_norm2d/batch_norm2d.ts";
import { conv2dForward } from "../conv2d/conv2d.ts";
import { conv2dCost, multiplications } from "../conv2d/shape.ts";
import { cachedWeights, gap, has5x5 } from "../conv2d/winograd/wasm.ts";
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

/** Bytes of an output tile between two transforms and after them. */
const temporary = 768;

/** How many replays of a program a block counts on: its weights wait for them. */
const replays = 100;

/** A whole block in evaluation, with the running statistics. */
export function evalForward(
  operands: EvalOperands,
  shape: ConvBlockShape,
  cpu: CpuTraits,
): (WasmCall | AnyKernelCall)[] | null {
  if (!isHalving(shape)) return null;
  const { bias, output, runningMean, runningVar, weight, x } = operands;
  const norm = normalisationOf(shape);
  const convolved = new Scratch(sizeOf(norm));
  const invStd = new Scratch(norm.channels);
  const picked = new Scratch(output.buffer.length);
  const first = call(batchNorm2dInvStd, { variance: runningVar, invStd }, norm);
  // A prediction that is not recorded has direct sums: its digits count more than
  // its time. With ten epochs' weights, logits up to 37 are then within 8e-6 of
  // the true ones, and within 2.3e-5 by Winograd's algorithm.
  if (cpu.recording && suitsFours(shape, cpu)) {
    return [first, ...winograd({ ...operands, invStd }, shape, cpu)];
  }
  const convolution = cpu.recording ? winogradForward : conv2dForward;
  const given = { x, weight, bias, output: convolved };
  return [
    call(convolution, given, shape.convolution),
    first,
    finish(
      { ...operands, convolved, mean: runningMean, invStd, picked },
      shape,
    ),
  ];
}

/** Whether four tiles of a row at a time are few more than there are. */
function suitsFours({ convolution }: ConvBlockShape, cpu: CpuTraits): boolean {
  const { outHeight, outWidth } = convolution;
  const tiles = Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4);
  return has5x5(convolution) && tilesOf(convolution) <= 1.25 * tiles &&
    cpu.mayRoundMore(replays * multiplications(convolution));
}

/** The block in one pass, its convolution by Winograd's algorithm. */
function winograd(
  operands: EvalOperands & { readonly invStd: Operand },
  { convolution }: ConvBlockShape,
  cpu: CpuTraits,
): WasmCall[] {
  const { step, weights } = cachedWeights(operands.weight, convolution, cpu);
  const { inChannels, inHeight, outChannels, outHeight } = convolution;
  const fours = Math.ceil(convolution.outWidth / 16);
  const bytes = temporary + inHeight * (fours * 64 + 32) +
    2 * fours * (Math.ceil(outHeight / 4) * 4 + 4) * 128 +
    64 * (tilesOf(convolution) * (inChannels + outChannels) * 4 + 2 * gap);
  return [
    step,
    simd.convBlockWinograd({
      ...operands,
      ...convolution,
      mean: operands.runningMean,
      weights,
      ...threadMemory(cpu, bytes),
    }, {
      work: convolution.batch === 1 ? 0 : multiplications(convolution),
      label: "convBlockWinograd",
      cost: conv2dCost(convolution),
    }),
  ];
}

/** Tiles of an image in fours of a row, a multiple of 8. */
function tilesOf(
  { outHeight, outWidth }: ConvBlockShape["convolution"],
): number {
  return Math.ceil(Math.ceil(outHeight / 4) * Math.ceil(outWidth / 16) / 2) * 8;
}
