import {
  type AdapterTraits,
  type Dispatch,
  dispatch,
  type Operand,
  Scratch,
  Texture,
  type WebGpuSteps,
  type Workgroups,
  workgroupsFor,
} from "../../kernel.ts";
import { asLinear } from "../as_linear.ts";
import type {
  Conv2dShape,
  ForwardOperands,
  InputGradientOperands,
} from "../shape.ts";
import { withWeightCopy } from "../weight_copy.ts";
import { imageOfPhases } from "./phases.ts";
import * as wgsl from "./convolve.gen.ts";
import {
  type Correlation,
  forwardCorrelation,
  inputGradientCorrelation,
  isSimple,
  noBias,
  packedTexture,
  packImages,
  packWeights,
  sourceTiles,
  texelsOf,
  weightTexels,
} from "./pack.ts";

/** Channels that one invocation makes. */
const channelGroup = 4;

/** Invocations of a workgroup: two vectors of eight lanes. */
const workgroupSize = 16;

/**
 * The convolution, without dilation and groups, and with windows of at most five
 * columns; null for others.
 */
export function forward(
  { bias, output, weight, x: source }: ForwardOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps | null {
  if (asLinear(shape) !== null) return null;
  const correlation = forwardCorrelation(shape);
  if (!fits(shape, correlation, adapter)) return null;
  const others = { name: "images", source, bias, output };
  return withWeightCopy(
    weight,
    adapter,
    (weight) => correlate(correlation, { ...others, weight }),
  );
}

/** The gradient with respect to x, as above. */
export function inputGradient(
  { bias, gradOutput: source, gradX, weight }: InputGradientOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): WebGpuSteps | null {
  if (asLinear(shape) !== null && bias === null) return null;
  const correlation = inputGradientCorrelation(shape);
  if (!fits(shape, correlation, adapter)) return null;
  const hasPhases = shape.strideHeight * shape.strideWidth > 1;
  const output = hasPhases ? new Scratch(targetsOf(correlation)) : gradX;
  const others = {
    name: "gradients",
    source,
    bias: hasPhases ? null : bias,
    output,
  };
  return withWeightCopy(
    weight,
    adapter,
    (weight) => [
      ...correlate(correlation, { ...others, weight }),
      ...(hasPhases ? [imageOfPhases(output, bias, gradX, shape)] : []),
    ],
  );
}

/** Elements of the target. */
function targetsOf(
  { batch, targetChannels, targetHeight, targetWidth }: Correlation,
): number {
  return batch * targetChannels * targetHeight * targetWidth;
}

function fits(
  shape: Conv2dShape,
  correlation: Correlation,
  { textureTexels }: AdapterTraits,
): boolean {
  return isSimple(shape, correlation) &&
    texelsOf(sourceTiles(correlation)) <= textureTexels &&
    weightTexels(correlation) <= textureTexels;
}

/** Packs images and weights, and slides the window over them. */
function correlate(
  correlation: Correlation,
  { bias, name, output, source, weight }:
    & Record<"source" | "weight" | "output", Operand>
    & { bias: Operand | null; name: string },
): readonly Dispatch[] {
  const tiles = sourceTiles(correlation);
  const images = packedTexture(name, tiles);
  const weights = new Texture("weights", weightTexels(correlation));
  const bind = { source: images, weight: weights, bias: bias ?? noBias() };
  const options = optionsOf(correlation, bias !== null);
  return [
    packImages(source, tiles, images),
    packWeights(weight, correlation, weights),
    correlation.targetWidth % 2 === 0
      ? dispatch(wgsl.convolveEven, {
        ...options,
        bind: { ...bind, pairs: output },
      })
      : dispatch(wgsl.convolveOdd, {
        ...options,
        bind: { ...bind, singles: output },
      }),
  ];
}

function optionsOf(correlation: Correlation, hasBias: boolean) {
  const { operations, sourceChannels, targetChannels } = correlation;
  const { targetHeight, targetWidth, windowHeight, windowWidth } = correlation;
  const { rowTileWidth, rowTiles, rows } = sourceTiles(correlation);
  const tiles = correlation.batch * Math.ceil(targetHeight / 2) * rowTiles;
  const [y, z] = workgroupsFor(tiles, workgroupSize);
  const workgroups: Workgroups = [
    Math.ceil(targetChannels / channelGroup),
    y,
    z,
  ];
  return {
    constants: {
      sourceChannels,
      targetChannels,
      targetHeight,
      targetWidth,
      kernelHeight: windowHeight,
      kernelWidth: windowWidth,
      rowsAtOnce: windowHeight === 3 ? 3 : 1,
      rowTileWidth,
      rowTiles,
      rows,
      hasBias: Number(hasBias),
      workgroupSize,
    },
    workgroups,
    iterations: sourceChannels * windowHeight,
    cost: { operations },
  };
}
