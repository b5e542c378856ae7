import { classCounts } from "../../../kernels/class_counts/class_counts.ts";
import { topKCount } from "../../../kernels/top_k/top_k.ts";
import { type KernelCase, random, randomIntegers } from "./_harness.ts";

const TOP_K = [
  { batch: 3, classes: 10, k: 1 },
  { batch: 257, classes: 5, k: 3 },
  { batch: 4, classes: 1000, k: 500 },
  { batch: 1, classes: 1, k: 1 },
];

const COUNTS = [
  { batch: 3, classes: 10 },
  { batch: 257, classes: 300 },
  { batch: 1, classes: 1 },
];

/** What metrics count, for labels out of range too. */
export const metricCases: readonly KernelCase[] = [
  ...TOP_K.flatMap((shape) => {
    const { batch, classes, k } = shape;
    const labels = randomIntegers(batch, classes + 2, 3)
      .map((label) => label - 1);
    const scores = random(batch * classes, 1);
    const kinds = {
      any: scores,
      "many equals": Float64Array.from(randomIntegers(batch * classes, 3, 2)),
      "NaN above all": scores.map((score, i) => i % 7 < 2 ? NaN : score),
    };
    return Object.entries(kinds).map(([kind, scores]): KernelCase => ({
      name: `topKCount, ${kind}: ${k} of ${classes}, ${batch} rows`,
      run: (harness) => {
        const output = new Float64Array(1);
        harness.check(topKCount, { scores, labels, output }, shape);
      },
    }));
  }),
  ...COUNTS.map((shape): KernelCase => ({
    name: `classCounts: ${shape.classes} classes, ${shape.batch} rows`,
    run: (harness) => {
      const { batch, classes } = shape;
      const predictions = randomIntegers(batch, classes, 1);
      const labels = randomIntegers(batch, classes + 2, 2)
        .map((label) => label - 1);
      const output = new Float64Array(3 * classes);
      harness.check(classCounts, { predictions, labels, output }, shape);
    },
  })),
];
