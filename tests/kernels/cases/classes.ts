import type { ClassesShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import { type KernelCase, random, randomIntegers } from "./_harness.ts";

const SHAPES: Record<string, ClassesShape> = {
  "odd batch": { batch: 3, classes: 10 },
  "one row, one class": { batch: 1, classes: 1 },
  "1000 classes": { batch: 5, classes: 1000 },
  "257 rows": { batch: 257, classes: 3 },
};

/** Argmax and count of correct rows, on every shape. */
export const classesCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]) =>
    Object.entries(scoresOf(shape)).flatMap(([kind, scores]): KernelCase[] => {
      const { batch, classes } = shape;
      return [
        {
          name: `argmax, ${kind}: ${name}`,
          run: (harness) => {
            const output = harness.i32Output(batch);
            harness.kernels.argmax(harness.f32(scores), output, shape);
            harness.expectEqual(output, reference.argmax(scores, shape));
          },
        },
        {
          name: `correctCount, ${kind}: ${name}`,
          run: (harness) => {
            const labels = reference.argmax(scores, shape);
            const wrong = [classes - 1 - labels[0], -1, classes];
            for (let row = 0; row < batch; row += 2) {
              labels[row] = wrong[row / 2 % wrong.length];
            }
            const output = harness.output(1);
            harness.kernels.correctCount(
              harness.f32(scores),
              harness.i32(labels),
              output,
              shape,
            );
            const expected = reference.correctCount(scores, labels, shape);
            harness.expectEqual(output, [expected]);
          },
        },
      ];
    })
  );

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
