import {
  checkLabels,
  type LabelsShape,
} from "../../../kernels/check_labels/check_labels.ts";
import {
  nllLossForward,
  nllLossGradient,
  type NllLossShape,
} from "../../../kernels/nll_loss/nll_loss.ts";
import { type KernelCase, random, randomIntegers } from "./_harness.ts";

/** Worst measured: 6.0e-8 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-6 };

const SHAPES: Record<string, NllLossShape & { rows: number }> = {
  "one row": shape(1, 1, 1),
  "300 rows": shape(300, 10, 1),
  "pixels": shape(2, 3, 35),
  "smoothed": shape(3, 300, 1, 0.1),
  "smoothed pixels": shape(2, 5, 6, 0.25),
};

const losses = Object.entries(SHAPES).flatMap(([name, { rows, ...shape }]) =>
  [false, true].map((isWeighted): KernelCase => ({
    name: `nllLoss: ${name}${isWeighted ? ", weighted" : ""}`,
    run: (harness) => {
      const { classes, inner } = shape;
      const labels = randomIntegers(rows * inner, classes + 1, 1)
        .map((label) => label === classes ? -100 : label);
      const weight = isWeighted ? random(classes, 2) : null;
      const length = rows * inner;
      harness.check(
        nllLossForward,
        {
          x: random(length * classes, 3),
          labels,
          weight,
          losses: new Float64Array(length),
          weights: new Float64Array(length),
        },
        { ...shape, ignoreIndex: -100 },
        TOLERANCE,
      );
      harness.check(
        nllLossGradient,
        {
          gradOutput: random(length, 4),
          labels,
          weight,
          gradX: new Float64Array(length * classes),
        },
        { ...shape, ignoreIndex: -100 },
        TOLERANCE,
      );
    },
  }))
);

const noted: Record<string, [labels: number[], before: number[]]> = {
  "all are classes": [[0, 1, 2, 1], [0, 0, 0, 0]],
  "one is left out": [[0, -100, 2, 1], [0, 0, 0, 0]],
  "one is too large": [[0, 1, 3, 1], [0, 0, 0, 0]],
  "the first of two": [[0, -1, 3, -100], [0, 0, 0, 0]],
  "a fault before stays": [[4, 4, 4, 4], [9, 9, 9, 9]],
};

const labels = Object.entries(noted).map((
  [name, [given, before]],
): KernelCase => ({
  name: `checkLabels: ${name}`,
  run: (harness) => {
    const shape: LabelsShape = { classes: 3, inner: 2, ignoreIndex: -100 };
    harness.check(checkLabels, {
      labels: Int32Array.from(given),
      fault: Int32Array.from(before),
    }, shape);
  },
}));

/** Losses of labels, and the note of a label that is no class. */
export const nllLossCases: readonly KernelCase[] = [
  ...losses,
  ...labels,
  {
    name: "nllLoss: a label that is no class has the loss NaN",
    run: (harness) => {
      const given = { ...shape(3, 4, 1), ignoreIndex: null };
      harness.check(nllLossForward, {
        x: random(12, 1),
        labels: Int32Array.of(4, 1, -1),
        weight: null,
        losses: new Float64Array(3),
        weights: new Float64Array(3),
      }, given);
    },
  },
  {
    name: "nllLoss: a class that is impossible leaves the loss of others",
    run: (harness) => {
      const given = { ...shape(2, 3, 1), ignoreIndex: null };
      harness.check(nllLossForward, {
        x: Float64Array.of(-0.5, -Infinity, -1, -Infinity, -0.25, -2),
        labels: Int32Array.of(0, 2),
        weight: null,
        losses: new Float64Array(2),
        weights: new Float64Array(2),
      }, given);
    },
  },
  {
    name: "checkLabels: the first of 1000",
    run: (harness) => {
      const given = new Int32Array(1000);
      given[300] = given[700] = given[999] = 5;
      harness.check(checkLabels, {
        labels: given,
        fault: new Int32Array(4),
      }, { classes: 5, inner: 1, ignoreIndex: null });
    },
  },
];

function shape(
  rows: number,
  classes: number,
  inner: number,
  labelSmoothing = 0,
): NllLossShape & { rows: number } {
  return { rows, classes, inner, ignoreIndex: null, labelSmoothing };
}
