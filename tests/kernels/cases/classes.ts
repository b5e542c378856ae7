import type { ClassesShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import {
  type KernelCase,
  type KernelHarness,
  random,
  randomIntegers,
} from "./_harness.ts";

/** Worst measured: 9e-7 absolute, in the loss. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };

const SHAPES: readonly ClassesShape[] = [
  { batch: 1, classes: 1 },
  { batch: 1, classes: 7 },
  { batch: 300, classes: 3 },
  { batch: 513, classes: 10 },
  { batch: 5, classes: 1000 },
];

function crossEntropy(harness: KernelHarness, shape: ClassesShape): void {
  const { kernels } = harness;
  const { batch, classes } = shape;
  const length = batch * classes;
  const logits = random(length, 5).map((value) => Math.fround(value * 20));
  const labels = randomIntegers(batch, classes, 6);
  const expected = reference.crossEntropyForward(logits, labels, shape);
  const probabilities = harness.output(length), loss = harness.output(1);
  kernels.crossEntropyForward(
    harness.f32(logits),
    harness.i32(labels),
    probabilities,
    loss,
    shape,
  );
  harness.expectClose(probabilities, expected.probabilities, TOLERANCE);
  harness.expectClose(loss, [expected.loss], TOLERANCE);
  const gradient = harness.output(length);
  kernels.crossEntropyGradient(
    harness.f32([3]),
    harness.f32(expected.probabilities),
    harness.i32(labels),
    gradient,
    shape,
  );
  const gradLogits = reference.crossEntropyGradient(
    3,
    expected.probabilities,
    labels,
    shape,
  );
  harness.expectClose(gradient, gradLogits, TOLERANCE);
}

function decide(
  harness: KernelHarness,
  scores: Float64Array,
  shape: ClassesShape,
): void {
  const { kernels } = harness;
  const { batch, classes } = shape;
  const labels = randomIntegers(batch, classes, 6);
  const found = harness.i32Output(batch), count = harness.output(1);
  kernels.argmax(harness.f32(scores), found, shape);
  harness.expectEqual(found, reference.argmax(scores, shape));
  kernels.correctCount(
    harness.f32(scores),
    harness.i32(labels),
    count,
    shape,
  );
  const expected = reference.correctCount(scores, labels, shape);
  harness.expectEqual(count, [expected]);
}

/** What is made of scores and labels. */
export const classesCases: readonly KernelCase[] = [
  ...SHAPES.flatMap((shape): KernelCase[] => [
    {
      name: `crossEntropy: ${shape.batch} × ${shape.classes}`,
      run: (harness) => crossEntropy(harness, shape),
    },
    {
      name: `argmax, correctCount with ties: ${shape.batch} × ${shape.classes}`,
      run: (harness) => {
        const scores = random(shape.batch * shape.classes, 7)
          .map((value) => Math.round(value * 2));
        decide(harness, scores, shape);
      },
    },
  ]),
  {
    name: "argmax, correctCount: NaN is the largest",
    run: (harness) => {
      const scores = Float64Array.of(1, NaN, 2, NaN, NaN, 5, 6, NaN, NaN);
      decide(harness, scores, { batch: 3, classes: 3 });
    },
  },
  ...[-1, 3].map((label): KernelCase => ({
    name: `crossEntropy: label ${label} of 3 classes makes the loss NaN`,
    run: (harness) => {
      const logits = random(6, 1);
      const shape = { batch: 2, classes: 3 };
      const probabilities = harness.output(6), loss = harness.output(1);
      harness.kernels.crossEntropyForward(
        harness.f32(logits),
        harness.i32([0, label]),
        probabilities,
        loss,
        shape,
      );
      const expected = reference.crossEntropyForward(
        logits,
        Int32Array.of(0, 0),
        shape,
      );
      harness.expectClose(probabilities, expected.probabilities, TOLERANCE);
      harness.expectEqual(loss, [NaN]);
    },
  })),
];
