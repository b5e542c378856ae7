import { EMA_GROUP, emaUpdate, swap } from "../../../kernels/ema/ema.ts";
import { type KernelCase, random } from "./_harness.ts";

/** Worst measured: 3.8e-8 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-6 };

/** Averages before and after the first value, and the exchange. */
export const emaCases: readonly KernelCase[] = [
  ...[
    { length: 1, weight: 1, decay: 0.9 },
    { length: 1001, weight: 1, decay: 0.999 },
    { length: 259, weight: 0.125, decay: 0.875 },
    { length: 256, weight: 0.75, decay: 0.25 },
    { length: 67, weight: 0.5, decay: 0 },
  ].map(({ length, weight, decay }): KernelCase => ({
    name: `emaUpdate: ${length} elements, weight ${weight}`,
    run: (harness) => {
      const groups = Math.ceil(length / EMA_GROUP);
      const operands = {
        value: random(length, 1),
        weights: new Float64Array(groups).fill(weight),
        average: random(length, 2),
      };
      harness.check(emaUpdate, operands, { decay }, TOLERANCE);
    },
  })),
  {
    name: "emaUpdate: the first value is taken as it is",
    run: (harness) => {
      const operands = {
        value: Float64Array.of(Infinity, -0, 3, -1),
        weights: Float64Array.of(1),
        average: Float64Array.of(1, 2, Infinity, 3),
      };
      harness.check(emaUpdate, operands, { decay: 0.5 });
    },
  },
  ...[1, 1001].map((length): KernelCase => ({
    name: `swap: ${length} elements`,
    run: (harness) => {
      harness.check(
        swap,
        { a: random(length, 1), b: random(length, 2) },
        undefined,
      );
    },
  })),
];
