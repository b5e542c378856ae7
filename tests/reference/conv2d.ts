import type { Conv2dShape } from "../../kernels/shapes.ts";

/**
 * `x` `[batch, inChannels, inHeight, inWidth]`, `weight`
 * `[outChannels, inChannels, kernelHeight, kernelWidth]`, `bias`
 * `[outChannels]` or null.
 */
export function conv2dForward(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array | null,
  shape: Conv2dShape,
): Float64Array {
  const { batch, outChannels, outHeight, outWidth } = shape;
  const area = outHeight * outWidth;
  const output = new Float64Array(batch * outChannels * area);
  if (bias !== null) {
    for (let i = 0; i < output.length; i++) {
      output[i] = bias[Math.floor(i / area) % outChannels];
    }
  }
  forEachProduct(shape, (outputIndex, xIndex, weightIndex) => {
    output[outputIndex] += x[xIndex] * weight[weightIndex];
  });
  return output;
}

/** Gradient by `x`, in its shape. */
export function conv2dInputGradient(
  gradOutput: Float64Array,
  weight: Float64Array,
  shape: Conv2dShape,
): Float64Array {
  const { batch, inChannels, inHeight, inWidth } = shape;
  const gradX = new Float64Array(batch * inChannels * inHeight * inWidth);
  forEachProduct(shape, (outputIndex, xIndex, weightIndex) => {
    gradX[xIndex] += gradOutput[outputIndex] * weight[weightIndex];
  });
  return gradX;
}

/** Gradient by the weight, in its shape. */
export function conv2dWeightGradient(
  gradOutput: Float64Array,
  x: Float64Array,
  shape: Conv2dShape,
): Float64Array {
  const { outChannels, inChannels, kernelHeight, kernelWidth } = shape;
  const gradWeight = new Float64Array(
    outChannels * inChannels * kernelHeight * kernelWidth,
  );
  forEachProduct(shape, (outputIndex, xIndex, weightIndex) => {
    gradWeight[weightIndex] += gradOutput[outputIndex] * x[xIndex];
  });
  return gradWeight;
}

/** Gradient by the bias: `[outChannels]`. */
export function conv2dBiasGradient(
  gradOutput: Float64Array,
  shape: Conv2dShape,
): Float64Array {
  const area = shape.outHeight * shape.outWidth;
  const gradBias = new Float64Array(shape.outChannels);
  for (let i = 0; i < gradOutput.length; i++) {
    gradBias[Math.floor(i / area) % shape.outChannels] += gradOutput[i];
  }
  return gradBias;
}

/**
 * A convolution is a sum of products `x · weight`: visits each of them, with
 * the element of the output that it belongs to. Padding adds none.
 */
function forEachProduct(
  shape: Conv2dShape,
  visit: (outputIndex: number, xIndex: number, weightIndex: number) => void,
): void {
  const { inChannels, inHeight, inWidth, outChannels } = shape;
  const { outHeight, outWidth, kernelHeight, kernelWidth } = shape;
  for (let image = 0; image < shape.batch; image++) {
    for (let outChannel = 0; outChannel < outChannels; outChannel++) {
      for (let outRow = 0; outRow < outHeight; outRow++) {
        for (let outColumn = 0; outColumn < outWidth; outColumn++) {
          const outputIndex =
            ((image * outChannels + outChannel) * outHeight + outRow) *
              outWidth + outColumn;
          const top = outRow * shape.strideHeight - shape.paddingHeight;
          const left = outColumn * shape.strideWidth - shape.paddingWidth;
          for (let inChannel = 0; inChannel < inChannels; inChannel++) {
            for (let kernelRow = 0; kernelRow < kernelHeight; kernelRow++) {
              const row = top + kernelRow * shape.dilationHeight;
              if (row < 0 || row >= inHeight) continue;
              for (
                let kernelColumn = 0;
                kernelColumn < kernelWidth;
                kernelColumn++
              ) {
                const column = left + kernelColumn * shape.dilationWidth;
                if (column < 0 || column >= inWidth) continue;
                visit(
                  outputIndex,
                  ((image * inChannels + inChannel) * inHeight + row) *
                      inWidth + column,
                  ((outChannel * inChannels + inChannel) * kernelHeight +
                        kernelRow) * kernelWidth + kernelColumn,
                );
              }
            }
          }
        }
      }
    }
  }
}
