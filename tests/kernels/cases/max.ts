import {
  max,
  maxGradient,
  maxOfAll,
  maxOfAllGradient,
} from "../../../kernels/max/max.ts";
import { type KernelCase, random, randomIntegers } from "./_harness.ts";

const SHAPES = [[1, 1, 1], [5, 131, 1], [2, 1000, 1], [2, 7, 35], [1, 70, 3]];

const signs = [1, -1] as const;

const along = SHAPES.flatMap(([outer, size, inner]) =>
  signs.flatMap((sign): KernelCase[] => {
    const length = outer * size * inner;
    const rows = outer * inner;
    const name = `${sign > 0 ? "largest" : "smallest"} along the middle of ` +
      `[${outer}, ${size}, ${inner}]`;
    return [
      {
        name: `max: ${name}, with equals and NaN`,
        run: (harness) => {
          const x = Float64Array.from(randomIntegers(length, size, 1));
          x[length >> 1] = NaN;
          const operands = {
            x,
            values: new Float64Array(rows),
            indices: new Int32Array(rows),
          };
          harness.check(max, operands, { size, inner, sign });
        },
      },
      {
        name: `maxGradient: ${name}`,
        run: (harness) => {
          const operands = {
            gradOutput: random(rows, 1),
            indices: randomIntegers(rows, size, 2),
            gradX: new Float64Array(length),
          };
          harness.check(maxGradient, operands, { size, inner });
        },
      },
    ];
  })
);

const ofAll = [1, 1000, 4097, 20_001].flatMap((length) =>
  signs.map((sign): KernelCase => ({
    name: `maxOfAll: ${sign > 0 ? "largest" : "smallest"} of ${length}`,
    run: (harness) => {
      const x = random(length, 3);
      harness.check(maxOfAll, { x, output: new Float64Array(1) }, { sign });
    },
  }))
);

const gradients = [[0.5, 2, 0.5], [0.5, NaN, NaN], [-Infinity, -0, 0]].map(
  (x): KernelCase => ({
    name: `maxOfAllGradient: of ${x}`,
    run: (harness) => {
      const values = Float64Array.from(x);
      const output = new Float64Array(1);
      maxOfAll.reference({ x: values, output }, { sign: 1 });
      const gradX = new Float64Array(3);
      const gradOutput = Float64Array.of(3);
      const operands = { gradOutput, x: values, output, gradX };
      harness.check(maxOfAllGradient, operands, undefined);
    },
  }),
);

/** Largest and smallest elements, and their gradients. */
export const maxCases: readonly KernelCase[] = [
  ...along,
  ...ofAll,
  ...gradients,
];
