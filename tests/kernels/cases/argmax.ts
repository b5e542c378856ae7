import { argmax, correctCount } from "../../../kernels/argmax/argmax.ts";
import type { ClassesShape } from "../../../kernels/lib/largest_column.ts";
import { runReference } from "../../reference/run.ts";
import {
  type KernelCase,
  random,
  randomIntegers,
  UNWRITTEN_INTEGER,
} from "./_harness.ts";

const SHAPES: Record<string, ClassesShape> = {
  "odd batch": { batch: 3, classes: 10 },
  "one row, one class": { batch: 1, classes: 1 },
  "1000 classes": { batch: 5, classes: 1000 },
  "601 rows": { batch: 601, classes: 3 },
};

/** Argmax and count of correct rows, on every shape. */
const shapeCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]) =>
    Object.entries(scoresOf(shape)).flatMap(([kind, scores]): KernelCase[] => {
      const { batch, classes } = shape;
      return [
        {
          name: `argmax, ${kind}: ${name}`,
          run: (harness) => {
            const output = new Int32Array(batch);
            harness.check(argmax, { scores, output }, shape);
          },
        },
        {
          name: `correctCount, ${kind}: ${name}`,
          run: (harness) => {
            const columns = { scores, output: new Int32Array(batch) };
            const labels = runReference(argmax, columns, shape).output;
            const wrong = [classes - 1 - labels[0], -1, classes];
            for (let row = 0; row < batch; row += 2) {
              labels[row] = wrong[row / 2 % wrong.length];
            }
            const output = new Float64Array(1);
            harness.check(correctCount, { scores, labels, output }, shape);
          },
        },
      ];
    })
  );

/** An argmax of fewer rows than its output has room for. */
const short: KernelCase = {
  name: "argmax: the output goes on after the last row",
  run(harness) {
    const shape = { batch: 5, classes: 4 };
    const scores = random(32, 3);
    const output = new Int32Array(8).fill(UNWRITTEN_INTEGER);
    harness.check(argmax, { scores, output }, shape);
  },
};

/** Scores of every kind that an argmax may stumble over. */
function scoresOf({ batch, classes }: ClassesShape): Record<
  string,
  Float64Array
> {
  const scores = random(batch * classes, 1);
  return {
    "any": scores,
    "below 0": scores.map((score) => Math.fround(score - 5)),
    "the first of equals": Float64Array.from(
      randomIntegers(batch * classes, 3, 2),
    ),
    "NaN above all": scores.map((score, i) => i % 7 < 2 ? NaN : score),
  };
}

/** The cases of both kernels. */
export const argmaxCases: readonly KernelCase[] = [...shapeCases, short];
