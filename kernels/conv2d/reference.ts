import type { NumberArray } from "../kernel.ts";
import type { Conv2dShape } from "./shape.ts";

/** `output = conv2d(x, weight) + bias`. */
export function forwardReference(
  { bias, output, weight, x }: {
    x: NumberArray;
    weight: NumberArray;
    bias: NumberArray | null;
    output: NumberArray;
  },
  shape: Conv2dShape,
): void {
  const area = shape.outHeight * shape.outWidth;
  const sums = startingSums(output.length, bias, area, shape.outChannels);
  forEachProduct(shape, (outputIndex, xIndex, weightIndex) => {
    sums[outputIndex] += x[xIndex] * weight[weightIndex];
  });
  output.set(sums);
}

/** Sums, for every pixel of x, over the outputs that it took part in. */
export function inputGradientReference(
  { bias, gradOutput, gradX, weight }: {
    gradOutput: NumberArray;
    weight: NumberArray;
    bias: NumberArray | null;
    gradX: NumberArray;
  },
  shape: Conv2dShape,
): void {
  const area = shape.inHeight * shape.inWidth;
  const sums = startingSums(gradX.length, bias, area, shape.inChannels);
  forEachProduct(shape, (outputIndex, xIndex, weightIndex) => {
    sums[xIndex] += gradOutput[outputIndex] * weight[weightIndex];
  });
  gradX.set(sums);
}

/** Sums, for every weight, over the pixels that it lay on. */
export function weightGradientReference(
  { gradOutput, gradWeight, x }: Record<
    "gradOutput" | "x" | "gradWeight",
    NumberArray
  >,
  shape: Conv2dShape,
): void {
  const sums = new Float64Array(gradWeight.length);
  forEachProduct(shape, (outputIndex, xIndex, weightIndex) => {
    sums[weightIndex] += gradOutput[outputIndex] * x[xIndex];
  });
  gradWeight.set(sums);
}

/** The bias of every pixel's channel, or 0. */
function startingSums(
  length: number,
  bias: NumberArray | null,
  area: number,
  channels: number,
): Float64Array {
  const sums = new Float64Array(length);
  if (bias === null) return sums;
  return sums.map((_, i) => bias[Math.floor(i / area) % channels]);
}

/**
 * A convolution is a sum of products `x · weight`: visits each of them, with the
 * element of the output that it belongs to. The padding adds none.
 */
function forEachProduct(
  shape: Conv2dShape,
  visit: (outputIndex: number, xIndex: number, weightIndex: number) => void,
): void {
  const { inHeight, inWidth, outChannels, outHeight, outWidth } = shape;
  const { groups, kernelHeight, kernelWidth } = shape;
  const kernelArea = kernelHeight * kernelWidth;
  const sources = shape.inChannels / groups;
  let outputIndex = 0;
  for (let plane = 0; plane < shape.batch * outChannels; plane++) {
    const outChannel = plane % outChannels;
    // Groups, counted through all images.
    const group = Math.floor(plane / (outChannels / groups));
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * shape.strideHeight - shape.paddingHeight;
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = outColumn * shape.strideWidth - shape.paddingWidth;
        for (let inChannel = 0; inChannel < sources; inChannel++) {
          const firstRow = (group * sources + inChannel) * inHeight;
          const firstWeight = (outChannel * sources + inChannel) * kernelArea;
          for (let element = 0; element < kernelArea; element++) {
            const row = top +
              Math.floor(element / kernelWidth) * shape.dilationHeight;
            const column = left +
              element % kernelWidth * shape.dilationWidth;
            if (row < 0 || row >= inHeight) continue;
            if (column < 0 || column >= inWidth) continue;
            const xIndex = (firstRow + row) * inWidth + column;
            visit(outputIndex, xIndex, firstWeight + element);
          }
        }
        outputIndex++;
      }
    }
  }
}
