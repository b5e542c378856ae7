import { blur } from "../../../kernels/augment/blur.ts";
import { DRAWS_PER_ROW } from "../../../kernels/augment/draws.ts";
import { drawNoise } from "../../../kernels/augment/noise.ts";
import { warp } from "../../../kernels/augment/warp.ts";
import { type KernelCase, random, rounded } from "./_harness.ts";

/** Sums of up to 41 products below 1. Worst measured: 7.6e-8 absolute. */
const BLUR_TOLERANCE = { atol: 1e-6, rtol: 1e-5 };

/**
 * A place is rounded to 4e-6 of a pixel at most, and neighbours differ by up to
 * 2, divided by the deviation. Worst measured: 1.4e-5 absolute.
 */
const WARP_TOLERANCE = { atol: 5e-5, rtol: 1e-5 };

/** The first row of the epoch that the batch has. */
const CURSOR = 2;

/** What is drawn for the rows: maps near one, rectangles within, seeds. */
function drawsOf(rows: number, height: number, width: number): Float64Array {
  const some = random(rows * DRAWS_PER_ROW, 7);
  const draws = some.map((value, i) => {
    switch (i % DRAWS_PER_ROW) {
      case 0:
      case 4:
        return 1 + 0.3 * value;
      case 1:
      case 3:
        return 0.4 * value;
      case 6:
        return Math.floor((value + 1) / 4 * height);
      case 7:
        return Math.floor((value + 1) / 4 * width);
      case 8:
        return Math.floor((value + 1) / 2 * height);
      case 9:
        return Math.floor((value + 1) / 2 * width);
      case 10:
        return Math.floor((value + 1) * 2 ** 23);
      default:
        return 3 * value;
    }
  });
  return rounded(draws);
}

const WARPS = {
  "images as MNIST's": { batch: 5, channels: 1, height: 28, width: 28 },
  "3 channels, 5 × 7": { batch: 3, channels: 3, height: 5, width: 7 },
  "one pixel": { batch: 1, channels: 1, height: 1, width: 1 },
};

const BLURS = {
  "rows of 28, 41 taps": [{ outer: 12, size: 28, inner: 1 }, 41],
  "columns of 28, 41 taps": [{ outer: 3, size: 28, inner: 28 }, 41],
  "columns of 5 × 7": [{ outer: 5, size: 5, inner: 7 }, 9],
  "one tap": [{ outer: 2, size: 1, inner: 3 }, 1],
} as const;

/** Noise, blur and warp. */
export const augmentCases: readonly KernelCase[] = [
  ...[[3, 28, 28], [2, 3, 5], [1, 1, 1]].map(
    ([batch, height, width]): KernelCase => ({
      name: `drawNoise: ${batch} images of ${height} × ${width}`,
      run: (harness) => {
        harness.check(drawNoise, {
          draws: drawsOf(CURSOR + batch + 1, height, width),
          cursor: Int32Array.of(CURSOR),
          noise: new Float64Array(batch * 2 * height * width),
        }, { batch, height, width });
      },
    }),
  ),
  ...Object.entries(BLURS).map(([name, [sizes, taps]]): KernelCase => ({
    name: `blur: ${name}`,
    run: (harness) => {
      const length = sizes.outer * sizes.size * sizes.inner;
      harness.check(
        blur,
        {
          x: random(length, 1),
          weights: rounded(random(taps, 2).map((value) => value / taps)),
          output: new Float64Array(length),
        },
        { ...sizes, factor: 2.5 },
        BLUR_TOLERANCE,
      );
    },
  })),
  ...Object.entries(WARPS).flatMap(([name, sizes]) =>
    [false, true].map((displaced): KernelCase => ({
      name: `warp: ${name}, ${displaced ? "" : "not "}displaced`,
      run: (harness) => {
        const { batch, channels, height, width } = sizes;
        const shape = { ...sizes, mean: 0.1, std: 0.3, erased: -0.5 };
        const x = random(batch * channels * height * width, 3);
        const draws = drawsOf(CURSOR + batch + 1, height, width);
        const displacements = displaced
          ? rounded(random(batch * 2 * height * width, 4).map((v) => 2 * v))
          : null;
        harness.check(
          warp,
          {
            x,
            draws,
            cursor: Int32Array.of(CURSOR),
            displacements,
            output: new Float64Array(x.length),
          },
          shape,
          WARP_TOLERANCE,
        );
      },
    }))
  ),
];
