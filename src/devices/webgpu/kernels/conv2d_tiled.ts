import { conv2dTiledSource } from "../../../../kernels/conv2d_tiled.gen.ts";
import type { Conv2dShape } from "../../../../kernels/shapes.ts";
import { Between, type Scratch } from "../../scratch.ts";
import {
  type KernelRecord,
  line,
  type Run,
  type Workgroups,
} from "../kernel_record.ts";
import {
  conv2dCost,
  type Conv2dVariant,
  type ForwardShape,
  forwardWindow,
  gradientHalves,
  inputGradientWindow,
  Moments,
  weightGradientWindow,
  windowHalves,
} from "./_conv2d.ts";
import { sumOfParts } from "./_sum_of_parts.ts";

/** Invocations of a workgroup. */
const invocations = 128;

/** Target channels and kernel elements in a tile of the gradient by the weight. */
const gradientTile = { channels: 32, elements: 64 };

/** Pixels that are in workgroup memory at a time, for that gradient. */
const pixelChunk = 32;

/** Workgroups that keep a large GPU busy. */
const busy = 256;

/** Pixels of a part at most: far below `mostPasses`. */
const longestPart = 16_384;

const file = {
  source: conv2dTiledSource,
  file: "kernels/conv2d_tiled.wgsl",
};

/** A kernel that slides a window over a source, for each pixel of a target. */
function convolve<Shape extends Conv2dShape>(
  name: string,
  window: (shape: Shape) => Record<string, number>,
  inFours: boolean,
): KernelRecord<Shape> {
  return {
    ...file,
    name,
    entryPoint: inFours ? "convolveFours" : "convolveSingles",
    bindings: ["read", "read", "read", "write"],
    halves: windowHalves,
    constants(shape) {
      const constants = window(shape);
      return { ...constants, groups: groupsOf(constants.targetChannels) };
    },
    workgroups: (shape) => tiles(window(shape), shape.batch),
    passes(shape) {
      const { kernelHeight, kernelWidth, sourceChannels } = window(shape);
      return 2 * sourceChannels * kernelHeight * kernelWidth;
    },
    cost: conv2dCost,
  };
}

/** Fours of channels in a tile: few where channels are few. */
function groupsOf(targetChannels: number): number {
  return targetChannels <= 16 ? 4 : 8;
}

/** Pixels of a tile. */
function pixelsOf(groups: number): number {
  return 8 * invocations / groups;
}

function tiles(
  { targetChannels, targetHeight, targetWidth }: Record<string, number>,
  batch: number,
): Workgroups {
  const groups = groupsOf(targetChannels);
  const pixelsPerTile = pixelsOf(groups);
  const pixels = batch * targetHeight * targetWidth;
  const [x, y] = line(pixels, pixelsPerTile);
  return [x, y, Math.ceil(targetChannels / (4 * groups))];
}

/** Two records: for images of fours of pixels, and for any others. */
function both<Shape extends Conv2dShape>(
  name: string,
  window: (shape: Shape) => Record<string, number>,
): readonly [fours: KernelRecord<Shape>, singles: KernelRecord<Shape>] {
  return [convolve(name, window, true), convolve(name, window, false)];
}

const [forwardFours, forwardSingles] = both<ForwardShape>(
  "conv2dForward",
  forwardWindow,
);
const [inputFours, inputSingles] = both<Conv2dShape>(
  "conv2dInputGradient",
  inputGradientWindow,
);

const forwardWithMoments: KernelRecord<ForwardShape> = {
  ...forwardFours,
  entryPoint: "convolveWithMoments",
  bindings: [...forwardFours.bindings, "write", "write"],
};

/** The tiles of a gradient by the weight, along x and y. */
function gradientTiles(shape: Conv2dShape): readonly [number, number] {
  const { inChannels, kernelHeight, kernelWidth, outChannels } = shape;
  return [
    Math.ceil(inChannels * kernelHeight * kernelWidth / gradientTile.elements),
    Math.ceil(outChannels / gradientTile.channels),
  ];
}

/** How many parts the pixels are summed in, and how large these are. */
function partsOf(shape: Conv2dShape): { parts: number; pixels: number } {
  const all = shape.batch * shape.outHeight * shape.outWidth;
  const [x, y] = gradientTiles(shape);
  const wanted = Math.max(
    Math.min(Math.ceil(busy / (x * y)), Math.ceil(all / (4 * pixelChunk))),
    Math.ceil(all / longestPart),
  );
  const pixels = Math.ceil(all / wanted / pixelChunk) * pixelChunk;
  return { parts: Math.ceil(all / pixels), pixels };
}

const weightGradient: KernelRecord<Conv2dShape> = {
  ...file,
  name: "conv2dWeightGradient",
  entryPoint: "weightGradientOfParts",
  bindings: ["read", "read", "write"],
  halves: gradientHalves,
  constants: (shape) => ({
    ...weightGradientWindow(shape),
    pixelsPerPart: partsOf(shape).pixels,
  }),
  workgroups: (shape) => [...gradientTiles(shape), partsOf(shape).parts],
  cost: conv2dCost,
};

const sum = sumOfParts("conv2dWeightGradientSum");

/**
 * The convolution for GPUs, for any shape: tiles in workgroup memory, sums in
 * registers, and the gradient by the weight in parts that are added in a fixed
 * order.
 */
export function tiledConv2d(run: Run, scratch: Scratch): Conv2dVariant {
  return {
    supports: () => true,
    conv2dForward(x, weight, bias, output, shape) {
      const inFours = shape.outHeight * shape.outWidth % 4 === 0;
      const forward = { ...shape, hasBias: bias !== null };
      run(
        inFours ? forwardFours : forwardSingles,
        forward,
        [weight, x, bias ?? weight, output],
      );
    },
    forwardWithMoments(x, weight, bias, output, batches, shape) {
      const { batch, outChannels, outHeight, outWidth } = shape;
      if (outHeight * outWidth % 4 !== 0) return null;
      const elements = pixelsOf(groupsOf(outChannels));
      const parts = Math.ceil(batch * outHeight * outWidth / elements);
      const moments = new Moments(scratch, outChannels, parts, elements);
      const forward = { ...shape, hasBias: bias !== null };
      const operands = [weight, x, bias ?? weight, output, moments, batches];
      run(forwardWithMoments, forward, operands);
      return moments;
    },
    conv2dInputGradient(gradOutput, weight, gradX, shape) {
      const inFours = shape.inHeight * shape.inWidth % 4 === 0;
      run(
        inFours ? inputFours : inputSingles,
        shape,
        [weight, gradOutput, gradOutput, gradX],
      );
    },
    conv2dWeightGradient(gradOutput, x, gradWeight, shape) {
      const { parts } = partsOf(shape);
      const weights = gradWeight.buffer.length;
      if (parts === 1) {
        return run(weightGradient, shape, [gradOutput, x, gradWeight]);
      }
      using sums = new Between(scratch, "f32", parts * weights);
      run(weightGradient, shape, [gradOutput, x, sums]);
      run(sum, weights, [sums, gradWeight]);
    },
  };
}
