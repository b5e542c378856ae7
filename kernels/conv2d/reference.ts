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
  const sums = new Float64Array(output.length);
  const area = shape.outHeight * shape.outWidth;
  if (bias !== null) {
    for (let i = 0; i < sums.length; i++) {
      sums[i] = bias[Math.floor(i / area) % shape.outChannels];
    }
  }
  forEachProduct(shape, (outputIndex, xIndex, weightIndex) => {
    sums[outputIndex] += x[xIndex] * weight[weightIndex];
  });
  output.set(sums);
}

/** Sums, for every pixel of x, over the outputs that it took part in. */
export function inputGradientReference(
  { gradOutput, gradX, weight }: Record<
    "gradOutput" | "weight" | "gradX",
    NumberArray
  >,
  shape: Conv2dShape,
): void {
  const sums = new Float64Array(gradX.length);
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

/**
 * A convolution is a sum of products `x · weight`: visits each of them, with the
 * element of the output that it belongs to. The padding adds none.
 */
function forEachProduct(
  shape: Conv2dShape,
  visit: (outputIndex: number, xIndex: number, weightIndex: number) => void,
): void {
  const { inChannels, inHeight, inWidth, outChannels, outHeight, outWidth } =
    shape;
  const { kernelHeight, kernelWidth } = shape;
  const kernelArea = kernelHeight * kernelWidth;
  let outputIndex = 0;
  for (let plane = 0; plane < shape.batch * outChannels; plane++) {
    const image = Math.floor(plane / outChannels);
    const outChannel = plane % outChannels;
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * shape.strideHeight - shape.paddingHeight;
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = outColumn * shape.strideWidth - shape.paddingWidth;
        for (let inChannel = 0; inChannel < inChannels; inChannel++) {
          const firstRow = (image * inChannels + inChannel) * inHeight;
          const firstWeight = (outChannel * inChannels + inChannel) *
            kernelArea;
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
