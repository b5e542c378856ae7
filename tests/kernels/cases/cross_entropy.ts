import type { ClassesShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import {
  type KernelCase,
  type KernelHarness,
  random,
  randomIntegers,
  rounded,
} from "./_harness.ts";

/** Worst measured: 5.1e-7 absolute, in the loss. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
/** Logits up to 100: their own last digit is 8e-6. Worst measured: 3.4e-6 absolute. */
const LARGE = { atol: 1e-6, rtol: 5e-5 };

const SHAPES: Record<string, ClassesShape> = {
  "odd batch": { batch: 3, classes: 10 },
  "one row, one class": { batch: 1, classes: 1 },
  "1000 classes": { batch: 5, classes: 1000 },
  "257 rows": { batch: 257, classes: 3 },
};

/** Cross-entropy and its gradient, on every shape. */
export const crossEntropyCases: readonly KernelCase[] = [
  ...Object.entries(SHAPES).flatMap(([name, shape]): KernelCase[] => [
    {
      name: `crossEntropyForward: ${name}`,
      run: (harness) => {
        const labels = randomIntegers(shape.batch, shape.classes, 1);
        forward(harness, shape, logits(shape, 1), labels, TOLERANCE);
      },
    },
    {
      name: `crossEntropyForward, logits up to 100: ${name}`,
      run: (harness) => {
        const labels = randomIntegers(shape.batch, shape.classes, 2);
        forward(harness, shape, logits(shape, 100), labels, LARGE);
      },
    },
    {
      name: `crossEntropyGradient: ${name}`,
      run: (harness) => gradient(harness, shape),
    },
  ]),
  ...[-1, 10].map((label): KernelCase => ({
    name: `crossEntropyForward: label ${label} of 10 makes the loss NaN`,
    run: (harness) => {
      const shape = { batch: 3, classes: 10 };
      const labels = Int32Array.of(4, label, 0);
      forward(harness, shape, logits(shape, 1), labels, TOLERANCE);
    },
  })),
];

function forward(
  harness: KernelHarness,
  shape: ClassesShape,
  logits: Float64Array,
  labels: Int32Array,
  tolerance: { atol: number; rtol: number },
): void {
  const probabilities = harness.output(logits.length);
  const loss = harness.output(1);
  harness.kernels.crossEntropyForward(
    harness.f32(logits),
    harness.i32(labels),
    probabilities,
    loss,
    shape,
  );
  const expected = reference.crossEntropyForward(logits, labels, shape);
  harness.expectClose(
    probabilities,
    expected.probabilities,
    tolerance,
    "probabilities",
  );
  if (labels.every((label) => label >= 0 && label < shape.classes)) {
    harness.expectClose(loss, [expected.loss], tolerance, "loss");
  } else {
    harness.expectEqual(loss, [NaN], "loss");
  }
}

function gradient(harness: KernelHarness, shape: ClassesShape): void {
  const labels = randomIntegers(shape.batch, shape.classes, 3);
  const probabilities = rounded(
    reference.crossEntropyForward(logits(shape, 1), labels, shape)
      .probabilities,
  );
  const gradLogits = harness.output(probabilities.length);
  harness.kernels.crossEntropyGradient(
    harness.f32([0.75]),
    harness.f32(probabilities),
    harness.i32(labels),
    gradLogits,
    shape,
  );
  const expected = reference.crossEntropyGradient(
    0.75,
    probabilities,
    labels,
    shape,
  );
  harness.expectClose(gradLogits, expected, TOLERANCE);
}

function logits({ batch, classes }: ClassesShape, scale: number): Float64Array {
  return rounded(random(batch * classes, 4).map((value) => scale * value));
}
