import type { Convolution } from "../engine/protocol.ts";

/** How a convolution comes to one pixel of a map. */
export interface PixelSum {
  /** What each channel of the input adds: the sum of its products. */
  readonly channels: readonly number[];
  /** The channel of the input that adds most, from 0. */
  readonly channel: number;
  /** The pixels of that channel under the kernel, row by row; 0 outside. */
  readonly pixels: readonly number[];
  /** The weights that they are multiplied by. */
  readonly weights: readonly number[];
  readonly bias: number;
  /** The sum of all of it: the pixel. */
  readonly value: number;
}

/**
 * Adds up a pixel of a convolution.
 *
 * @param place Map, row and column, from 0.
 */
export function pixelSum(
  { biases, inputs, shape, weights }: Convolution,
  [map, row, column]: readonly [map: number, row: number, column: number],
): PixelSum {
  const { inHeight, inWidth, kernelHeight, kernelWidth } = shape;
  const count = shape.inChannels / shape.groups;
  const first = Math.floor(map * shape.groups / shape.outChannels) * count;
  const size = kernelHeight * kernelWidth;
  const pixel = (channel: number, at: number) => {
    const y = row * shape.strideHeight - shape.paddingHeight +
      Math.floor(at / kernelWidth) * shape.dilationHeight;
    const x = column * shape.strideWidth - shape.paddingWidth +
      at % kernelWidth * shape.dilationWidth;
    const isInside = y >= 0 && y < inHeight && x >= 0 && x < inWidth;
    return isInside ? inputs[(channel * inHeight + y) * inWidth + x] : 0;
  };
  const parts = Array.from({ length: count }, (_, index) => {
    const start = (map * count + index) * size;
    const own = [...weights.subarray(start, start + size)];
    const pixels = own.map((_weight, at) => pixel(first + index, at));
    const sum = own.reduce((sum, weight, at) => sum + weight * pixels[at], 0);
    return { sum, pixels, weights: own };
  });
  const channels = parts.map(({ sum }) => sum);
  const most = channels.reduce(
    (most, sum, at) => Math.abs(sum) > Math.abs(channels[most]) ? at : most,
    0,
  );
  const bias = biases?.[map] ?? 0;
  return {
    channels,
    channel: first + most,
    pixels: parts[most].pixels,
    weights: parts[most].weights,
    bias,
    value: channels.reduce((sum, one) => sum + one, bias),
  };
}
