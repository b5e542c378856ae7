import * as reference from "../../reference.ts";
import { type KernelCase, lengths, random, rounded } from "./_harness.ts";

/** Up to 100,001 terms in another order. Worst measured: 3.5e-5 absolute. */
const SUM = { atol: 1e-4, rtol: 1e-5 };

const arithmetic = (["add", "mul"] as const).flatMap((name) =>
  lengths.map((length): KernelCase => ({
    name: `${name}: ${length} elements`,
    run: (harness) => {
      const left = random(length, 1);
      const right = random(length, 2);
      const output = harness.output(length);
      harness.kernels[name](harness.f32(left), harness.f32(right), output);
      harness.expectEqual(output, rounded(reference[name](left, right)));
    },
  }))
);

const perLength = lengths.flatMap((length): KernelCase[] => [
  {
    name: `scale: ${length} elements`,
    run: (harness) => {
      const x = random(length, 3);
      const factor = Math.fround(-0.3);
      const output = harness.output(length);
      harness.kernels.scale(harness.f32(x), harness.f32([factor]), output);
      harness.expectEqual(output, rounded(reference.scale(x, factor)));
    },
  },
  {
    name: `expand: ${length} elements`,
    run: (harness) => {
      const output = harness.output(length);
      const factor = Math.fround(1 / length);
      harness.kernels.expand(harness.f32([0.75]), output, factor);
      const expected = new Float64Array(length).fill(0.75 * factor);
      harness.expectEqual(output, rounded(expected));
    },
  },
]);

const sums = [1, 63, 1000, 100_001].map((length): KernelCase => ({
  name: `sum: ${length} elements`,
  run: (harness) => {
    const x = random(length, 8);
    const output = harness.output(1);
    harness.kernels.sum(harness.f32(x), output, 0.3);
    harness.expectClose(output, [0.3 * reference.sum(x)], SUM);
  },
}));

/** Arithmetic and sums. */
export const elementwiseCases: readonly KernelCase[] = [
  ...arithmetic,
  ...perLength,
  ...sums,
  {
    name: "add: views leave their neighbours alone",
    run: (harness) => {
      const size = harness.alignment;
      const left = random(3 * size, 9);
      const right = random(4 * size, 10);
      const output = harness.output(4 * size);
      harness.kernels.add(
        harness.view(harness.f32(left), 2, size - 1),
        harness.view(harness.f32(right), 3, size - 1),
        harness.view(output, 1, size - 1),
      );
      const expected = new Float64Array(4 * size).fill(NaN);
      for (let i = 0; i < size - 1; i++) {
        expected[size + i] = Math.fround(
          left[2 * size + i] + right[3 * size + i],
        );
      }
      harness.expectEqual(output, expected);
    },
  },
];
