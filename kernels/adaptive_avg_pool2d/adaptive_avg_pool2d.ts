import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./adaptive_avg_pool2d.gen.ts";

/** An average pooling of `[planes, inHeight, inWidth]` to a given size. */
export interface AdaptivePoolShape {
  /** Channels of all images. */
  readonly planes: number;
  /** Rows of the input. */
  readonly inHeight: number;
  /** Columns of the input. */
  readonly inWidth: number;
  /** Rows of the output. */
  readonly outHeight: number;
  /** Columns of the output. */
  readonly outWidth: number;
}

/**
 * The mean of each window of x `[planes, inHeight, inWidth]`, added up row by
 * row. Along an axis of `size` pixels, the window of output `i` of `count` goes
 * from `⌊i · size / count⌋` up to `⌈(i + 1) · size / count⌉`, not included.
 */
export const adaptiveAvgPool2dForward = /* @__PURE__ */ kernel({
  name: "adaptiveAvgPool2dForward",
  operands: { x: "read", output: "write" },
  reference({ output, x }, shape: AdaptivePoolShape) {
    forEachWindow(shape, (at, pixels) => {
      let sum = 0;
      for (const pixel of pixels) sum += x[pixel];
      output[at] = sum / pixels.length;
    });
  },
  webgpu({ output, x }, shape) {
    const { length } = output.buffer;
    const constants = constantsOf(shape);
    const bind = { x, output };
    return [{
      ...elementwise(wgsl.adaptiveForward, length, bind, constants),
      iterations: longest(shape.inHeight, shape.outHeight) *
        (longest(shape.inWidth, shape.outWidth) + 1),
    }];
  },
});

/**
 * The gradient with respect to x: each element of `gradOutput` spreads evenly
 * over its window. Where windows overlap, the shares are added in the order of
 * the output.
 */
export const adaptiveAvgPool2dGradient = /* @__PURE__ */ kernel({
  name: "adaptiveAvgPool2dGradient",
  operands: { gradOutput: "read", gradX: "write" },
  reference({ gradOutput, gradX }, shape: AdaptivePoolShape) {
    gradX.fill(0);
    forEachWindow(shape, (at, pixels) => {
      const share = gradOutput[at] / pixels.length;
      for (const pixel of pixels) gradX[pixel] += share;
    });
  },
  webgpu({ gradOutput, gradX }, shape) {
    const { length } = gradX.buffer;
    const constants = constantsOf(shape);
    const bind = { gradOutput, gradX };
    return [{
      ...elementwise(wgsl.adaptiveGradient, length, bind, constants),
      iterations: longest(shape.outHeight, shape.inHeight) *
        (longest(shape.outWidth, shape.inWidth) + 1),
    }];
  },
});

/** The windows of all planes in the order of the output, with their pixels. */
function forEachWindow(
  { inHeight, inWidth, outHeight, outWidth, planes }: AdaptivePoolShape,
  visit: (output: number, pixels: readonly number[]) => void,
): void {
  let output = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const [top, bottom] = windowOf(outRow, outHeight, inHeight);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const [left, right] = windowOf(outColumn, outWidth, inWidth);
        const pixels: number[] = [];
        for (let row = top; row < bottom; row++) {
          const start = (plane * inHeight + row) * inWidth;
          for (let column = left; column < right; column++) {
            pixels.push(start + column);
          }
        }
        visit(output++, pixels);
      }
    }
  }
}

/** First and end of a window along an axis. */
function windowOf(
  index: number,
  count: number,
  size: number,
): [first: number, end: number] {
  return [
    Math.floor(index * size / count),
    Math.ceil((index + 1) * size / count),
  ];
}

/** The most pixels that one of `count` windows has along an axis. */
function longest(size: number, count: number): number {
  return Math.ceil(size / count) + 1;
}

function constantsOf(
  { inHeight, inWidth, outHeight, outWidth }: AdaptivePoolShape,
) {
  return { inHeight, inWidth, outHeight, outWidth };
}
