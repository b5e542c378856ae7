import * as fc from "npm:fast-check@4.11.0";
import { argmax, correctCount } from "../../kernels/argmax/argmax.ts";
import { blur } from "../../kernels/augment/blur.ts";
import { DRAWS_PER_ROW } from "../../kernels/augment/draws.ts";
import { drawNoise } from "../../kernels/augment/noise.ts";
import { warp } from "../../kernels/augment/warp.ts";
import { classCounts } from "../../kernels/class_counts/class_counts.ts";
import { topKCount } from "../../kernels/top_k/top_k.ts";
import {
  random,
  randomIntegers,
  rounded,
  zeros,
} from "../kernels/cases/_harness.ts";
import { between, calls, from, type KernelCalls, seed } from "./_draws.ts";

/** As in the cases of the kernels. */
const BLUR_TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const WARP_TOLERANCE = { atol: 5e-5, rtol: 1e-5 };

/** What is drawn for the rows of an epoch: any map near one, any rectangle. */
function drawsOf(rows: number, size: number, seed: number): Float64Array {
  const values = random(rows * DRAWS_PER_ROW, seed);
  return rounded(values.map((value, at) => {
    const place = at % DRAWS_PER_ROW;
    if (place === 0 || place === 4) return 1 + 0.3 * value;
    if (place === 1 || place === 3) return 0.4 * value;
    if (place === 2 || place === 5) return 3 * value;
    // Rows and columns of a rectangle; some lie outside, or are none.
    if (place < 10) return Math.floor((value + 1) / 2 * (size + 2)) - 1;
    return Math.floor((value + 1) * 2 ** 23);
  }));
}

const images = {
  ...{ batch: from(1, 5), cursor: from(0, 3), height: from(1, 30), seed },
  width: from(1, 30),
};

/** Random calls of what augmentation runs, by the names of the kernels. */
export const augmentationCalls: Readonly<Record<string, KernelCalls>> = {
  blur: calls(
    "blur",
    {
      ...{ factor: between(0.1, 4), inner: from(1, 30), outer: from(1, 6) },
      ...{ radius: from(0, 20), seed, size: from(1, 30) },
    },
    (harness, { radius, seed, ...shape }) => {
      // The kernel's condition: the radius is below the axis's size.
      const taps = 2 * Math.min(radius, shape.size - 1) + 1;
      const length = shape.outer * shape.size * shape.inner;
      const weights = random(taps, seed + 1).map((value) => value / taps);
      harness.check(
        blur,
        {
          x: random(length, seed),
          weights: rounded(weights),
          output: zeros(length),
        },
        shape,
        BLUR_TOLERANCE,
      );
    },
  ),
  drawNoise: calls(
    "drawNoise",
    images,
    (harness, { cursor, seed, ...shape }) => {
      const { batch, height, width } = shape;
      harness.check(drawNoise, {
        draws: drawsOf(cursor + batch + 1, height, seed),
        cursor: Int32Array.of(cursor),
        noise: zeros(batch * 2 * height * width),
      }, shape);
    },
  ),
  warp: calls(
    "warp",
    {
      ...{ ...images, channels: from(1, 4), isDisplaced: fc.boolean() },
      ...{ erased: between(-2, 2), mean: between(0, 1), std: between(0.2, 2) },
    },
    (harness, { cursor, isDisplaced, seed, ...shape }) => {
      const { batch, channels, height, width } = shape;
      const length = batch * channels * height * width;
      const moves = random(batch * 2 * height * width, seed + 1);
      harness.check(
        warp,
        {
          x: random(length, seed),
          draws: drawsOf(cursor + batch + 1, Math.max(height, width), seed),
          cursor: Int32Array.of(cursor),
          displacements: isDisplaced
            ? rounded(moves.map((move) => 2 * move))
            : null,
          output: zeros(length),
        },
        shape,
        WARP_TOLERANCE,
      );
    },
  ),
};

/** Scores of a kind that an order may stumble over. */
const kinds = fc.constantFrom("any", "equals", "NaN", "infinite");

function scoresOf(
  kind: string,
  length: number,
  seed: number,
): Float64Array {
  const scores = random(length, seed);
  if (kind === "equals") {
    return Float64Array.from(randomIntegers(length, 3, seed));
  }
  if (kind === "NaN") {
    return scores.map((score, at) => at % 7 < 2 ? NaN : score);
  }
  return kind === "any"
    ? scores
    : scores.map((score, at) => at % 5 === 0 ? score / 0 : score);
}

/** Labels, some of which are no class. */
function labelsOf(batch: number, classes: number, seed: number): Int32Array {
  return randomIntegers(batch, classes + 2, seed).map((label) => label - 1);
}

const rows = {
  ...{ batch: from(1, 300), classes: from(1, 40), kind: kinds, seed },
};

/** Random calls of what metrics run, by the names of the kernels. */
export const metricCalls: Readonly<Record<string, KernelCalls>> = {
  argmax: calls("argmax", rows, (harness, { kind, seed, ...shape }) => {
    const scores = scoresOf(kind, shape.batch * shape.classes, seed);
    const output = new Int32Array(shape.batch);
    harness.check(argmax, { scores, output }, shape);
  }),
  classCounts: calls(
    "classCounts",
    { ...rows, classes: from(1, 600) },
    (harness, { seed, ...shape }) => {
      const { batch, classes } = shape;
      const labels = labelsOf(batch, classes, seed);
      // Half of the predictions are right.
      const predictions = labels.map((label, at) =>
        at % 2 === 0 ? label : (label + 1) % classes
      );
      const output = zeros(3 * classes);
      harness.check(classCounts, { predictions, labels, output }, shape);
    },
  ),
  correctCount: calls(
    "correctCount",
    rows,
    (harness, { kind, seed, ...shape }) => {
      const { batch, classes } = shape;
      const scores = scoresOf(kind, batch * classes, seed);
      const labels = labelsOf(batch, classes, seed + 1);
      const output = zeros(1);
      harness.check(correctCount, { scores, labels, output }, shape);
    },
  ),
  topKCount: calls(
    "topKCount",
    { ...rows, k: from(1, 40) },
    (harness, { k, kind, seed, ...shape }) => {
      const { batch, classes } = shape;
      const scores = scoresOf(kind, batch * classes, seed);
      const labels = labelsOf(batch, classes, seed + 1);
      const params = { ...shape, k: Math.min(k, classes) };
      harness.check(topKCount, { scores, labels, output: zeros(1) }, params);
    },
  ),
};
