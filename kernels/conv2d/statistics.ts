import { type AdapterTraits, kernel, Scratch } from "../kernel.ts";
import { conv2dForward } from "./conv2d.ts";
import { forwardReference } from "./reference.ts";
import { conv2dCost, type Conv2dShape, type ForwardOperands } from "./shape.ts";
import * as tiled from "./tiled.ts";

/** How the elements of a channel are split for partial statistics. */
export interface StatisticsSplits {
  /** How many splits a channel has. */
  readonly splits: number;
  /**
   * Elements of each split but the last. They are counted through the channel in
   * all images.
   */
  readonly elements: number;
}

/**
 * The splits of the statistics that come with a convolution, by
 * {@linkcode conv2dForwardStatistics}; null where the implementation that the
 * adapter takes for this shape makes none.
 */
export function statisticsSplits(
  operands: ForwardOperands,
  shape: Conv2dShape,
  adapter: AdapterTraits,
): StatisticsSplits | null {
  if (!tiled.hasStatistics(shape)) return null;
  const name = adapter.implementationOf(conv2dForward, operands, shape);
  return name === "tiled" ? splitsOf(shape) : null;
}

/** The splits of a shape for which {@linkcode conv2dForwardStatistics} is made. */
export function splitsOf(shape: Conv2dShape): StatisticsSplits {
  const elements = tiled.elementsOfTile(shape);
  const all = shape.batch * shape.outHeight * shape.outWidth;
  return { splits: Math.ceil(all / elements), elements };
}

/**
 * `output = conv2d(x, weight) + bias`, and the statistics of the output in the
 * epilogue: `partials` `[outChannels, splits, 2]` is the mean of each split of a
 * channel, and the sum of the squares around that mean. `batches` (i32 `[1]`), or
 * null, grows by 1. For images whose number of pixels is a multiple of four; see
 * {@linkcode statisticsSplits} for where it pays.
 */
export const conv2dForwardStatistics = /* @__PURE__ */ kernel({
  name: "conv2dForwardStatistics",
  operands: {
    x: "read",
    weight: "read",
    bias: "read?",
    output: "write",
    batches: "update?",
    partials: "write",
  },
  reference({ batches, partials, ...convolution }, shape: Conv2dShape) {
    forwardReference(convolution, shape);
    if (batches !== null) batches[0]++;
    const { output } = convolution;
    const { batch, outChannels } = shape;
    const area = shape.outHeight * shape.outWidth;
    const { elements, splits } = splitsOf(shape);
    for (let at = 0; at < outChannels * splits; at++) {
      const channel = Math.floor(at / splits);
      const first = at % splits * elements;
      const length = Math.min(elements, batch * area - first);
      const values = Float64Array.from({ length }, (_, i) => {
        const image = Math.floor((first + i) / area);
        return output[
          (image * outChannels + channel) * area + (first + i) % area
        ];
      });
      const mean = values.reduce((sum, value) => sum + value, 0) / length;
      partials[2 * at] = mean;
      partials[2 * at + 1] = values
        .reduce((sum, value) => sum + (value - mean) ** 2, 0);
    }
  },
  webgpu({ batches, ...operands }, shape, adapter) {
    if (!tiled.hasStatistics(shape)) return null;
    const counter = batches ?? new Scratch(1, "i32");
    const all = { ...operands, batches: counter };
    return tiled.forwardWithStatistics(all, shape, adapter);
  },
  cost: conv2dCost,
});
