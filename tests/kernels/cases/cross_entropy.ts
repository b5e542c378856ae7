import {
  crossEntropy,
  type CrossEntropyShape,
} from "../../../kernels/cross_entropy/cross_entropy.ts";
import type { Tolerance } from "../../close.ts";
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

const SHAPES: Record<string, CrossEntropyShape> = {
  "odd batch": { batch: 3, classes: 10 },
  "one row, one class": { batch: 1, classes: 1 },
  "1000 classes": { batch: 5, classes: 1000 },
  "257 rows": { batch: 257, classes: 3 },
  "smoothed": { batch: 7, classes: 10, labelSmoothing: 0.1 },
  "wholly smoothed": { batch: 2, classes: 5, labelSmoothing: 1 },
};

/** Cross-entropy, its gradient and what is added up, on every shape. */
export const crossEntropyCases: readonly KernelCase[] = [
  ...Object.entries(SHAPES).flatMap(([name, shape]): KernelCase[] => [
    {
      name: `crossEntropy: ${name}`,
      run: (harness) => {
        const labels = randomIntegers(shape.batch, shape.classes, 1);
        check(harness, shape, logits(shape, 1), labels, TOLERANCE);
      },
    },
    {
      name: `crossEntropy, logits up to 100: ${name}`,
      run: (harness) => {
        const labels = randomIntegers(shape.batch, shape.classes, 2);
        check(harness, shape, logits(shape, 100), labels, LARGE);
      },
    },
  ]),
  ...[-1, 10].map((label): KernelCase => ({
    name: `crossEntropy: label ${label} of 10 makes the loss NaN`,
    run: (harness) => {
      const shape = { batch: 3, classes: 10 };
      const labels = Int32Array.of(4, label, 0);
      check(harness, shape, logits(shape, 1), labels, TOLERANCE);
    },
  })),
  ...[[4, 12, -7, 0], [10, 3, 1, 10]].map((labels): KernelCase => ({
    name: `crossEntropy: the first wrong label of ${labels} is noted`,
    run: (harness) => {
      const shape = { batch: 4, classes: 10 };
      check(
        harness,
        shape,
        logits(shape, 1),
        Int32Array.from(labels),
        TOLERANCE,
      );
    },
  })),
  {
    name: "crossEntropy: a fault that is noted stays",
    run: (harness) => {
      const shape = { batch: 3, classes: 10 };
      const labels = Int32Array.of(4, 12, 0);
      const fault = Int32Array.of(7, -1, 3, 1);
      const own = logits(shape, 1);
      check(harness, shape, own, labels, TOLERANCE, undefined, fault);
    },
  },
  {
    name: "crossEntropy: nothing is added up without sums",
    run: (harness) => {
      const shape = { batch: 3, classes: 10 };
      const labels = Int32Array.of(4, 9, 0);
      check(harness, shape, logits(shape, 1), labels, TOLERANCE, null, null);
    },
  },
  {
    name: "crossEntropy: of equal logits the first counts",
    run: (harness) => {
      const shape = { batch: 4, classes: 3 };
      const equal = Float64Array.of(1, 1, 0, 1, 1, 0, 2, 3, 3, 2, 3, 3);
      check(harness, shape, equal, Int32Array.of(0, 1, 1, 2), TOLERANCE);
    },
  },
  {
    name:
      "crossEntropy: a logit of −∞ away from the label leaves the loss finite",
    run: (harness) => {
      const shape = { batch: 2, classes: 3 };
      const scores = Float64Array.of(0, -Infinity, 1, -Infinity, 2, 3);
      check(harness, shape, scores, Int32Array.of(0, 2), TOLERANCE);
    },
  },
  {
    name: "crossEntropy: NaN is above all and makes the loss NaN",
    run: (harness) => {
      const shape = { batch: 2, classes: 3 };
      const scores = Float64Array.of(0, NaN, 9, 1, 2, 3);
      check(harness, shape, scores, Int32Array.of(1, 2), TOLERANCE);
    },
  },
];

function check(
  harness: KernelHarness,
  shape: CrossEntropyShape,
  logits: Float64Array,
  labels: Int32Array,
  tolerance: Tolerance,
  sums: Float64Array | null = Float64Array.of(0.5, 1000),
  fault: Int32Array | null = new Int32Array(4),
): void {
  const hasNaN = logits.some(Number.isNaN);
  const isNumber = !hasNaN &&
    labels.every((label) => label >= 0 && label < shape.classes);
  const gradLogits = hasNaN ? "any" : tolerance;
  harness.check(
    crossEntropy,
    {
      logits,
      labels,
      gradLogits: new Float64Array(logits.length),
      loss: new Float64Array(1),
      sums,
      fault,
    },
    shape,
    isNumber
      ? { gradLogits, loss: tolerance, sums: tolerance }
      : { gradLogits },
  );
}

function logits(
  { batch, classes }: CrossEntropyShape,
  scale: number,
): Float64Array {
  return rounded(random(batch * classes, 4).map((value) => scale * value));
}
