import { floatOfIntegers } from "../../../kernels/float/float.ts";
import {
  indexSelectForward,
  indexSelectGradient,
  type IndexSelectShape,
  indexSelectSizes,
} from "../../../kernels/index_select/index_select.ts";
import { oneHotKernel } from "../../../kernels/one_hot/one_hot.ts";
import { type KernelCase, random, randomIntegers } from "./_harness.ts";

const shapes: readonly IndexSelectShape[] = [
  { outer: 3, size: 5, count: 4, inner: 2, perElement: true },
  { outer: 1, size: 3, count: 1, inner: 30, perElement: true },
  { outer: 1, size: 1, count: 1, inner: 1 },
  { outer: 1, size: 7, count: 20, inner: 13 },
  { outer: 3, size: 5, count: 2, inner: 1 },
  { outer: 2, size: 11, count: 11, inner: 30 },
];

/** Slices that are picked, and rows of one 1. */
export const indexSelectCases: readonly KernelCase[] = [
  ...shapes.flatMap((shape): KernelCase[] => {
    const { count, inner, outer, perElement, size } = shape;
    const sizes = indexSelectSizes(shape);
    const before = outer * size * inner, after = outer * count * inner;
    const indices = randomIntegers(perElement ? after : count, size, 3);
    const name = `${outer} × ${size} × ${inner}, ${count} indices` +
      (perElement ? " an element" : "");
    return [
      {
        name: `indexSelect: ${name}`,
        run: (harness) => {
          const x = random(before, 1).with(0, NaN);
          const output = new Float64Array(after);
          const operands = { x, indices, sizes, output };
          harness.check(indexSelectForward, operands, shape);
        },
      },
      {
        name: `indexSelect: ${name}, i32`,
        run: (harness) => {
          const x = randomIntegers(before, 2 ** 31, 1);
          const output = new Int32Array(after);
          const operands = { x, indices, sizes, output };
          harness.check(indexSelectForward, operands, shape);
        },
      },
      {
        name: `indexSelectGradient: ${name}`,
        run: (harness) => {
          const gradOutput = random(after, 2);
          const gradX = new Float64Array(before);
          const operands = { gradOutput, indices, sizes, gradX };
          const tolerance = { atol: 1e-6, rtol: 1e-6 };
          harness.check(indexSelectGradient, operands, shape, tolerance);
        },
      },
    ];
  }),
  ...["f32", "i32"].map((dtype): KernelCase => ({
    name: `indexSelect: indices out of range, ${dtype}`,
    run: (harness) => {
      const shape = { outer: 1, size: 2, count: 5, inner: 2 };
      const indices = Int32Array.of(-1, 1, 2, 0, -(2 ** 31));
      const sizes = indexSelectSizes(shape);
      const [x, output] = dtype === "f32"
        ? [Float64Array.of(1, 2, 3, 4), new Float64Array(10)]
        : [Int32Array.of(1, 2, 3, 4), new Int32Array(10)];
      const operands = { x, indices, sizes, output };
      harness.check(indexSelectForward, operands, shape);
    },
  })),
  {
    name: "indexSelectGradient: indices out of range",
    run: (harness) => {
      const shape = { outer: 1, size: 2, count: 3, inner: 1 };
      harness.check(indexSelectGradient, {
        gradOutput: Float64Array.of(1, 2, 4),
        indices: Int32Array.of(-1, 1, 2),
        sizes: indexSelectSizes(shape),
        gradX: new Float64Array(2),
      }, shape);
    },
  },
  ...[[1, 1], [4, 7], [50, 10]].map(([rows, classes]): KernelCase => ({
    name: `oneHot: ${rows} × ${classes}`,
    run: (harness) => {
      const labels = randomIntegers(rows, classes, 1);
      const output = new Float64Array(rows * classes);
      harness.check(oneHotKernel, { labels, output }, { classes });
    },
  })),
  {
    name: "oneHot: labels out of range",
    run: (harness) => {
      const labels = Int32Array.of(3, -1, 2, -(2 ** 31));
      const output = new Float64Array(12);
      harness.check(oneHotKernel, { labels, output }, { classes: 3 });
    },
  },
  {
    name: "float: integers of every size",
    run: (harness) => {
      const x = Int32Array.of(
        0,
        -1,
        2 ** 24,
        -(2 ** 24),
        2 ** 31 - 1,
        -(2 ** 31),
      );
      harness.check(
        floatOfIntegers,
        { x, output: new Float64Array(6) },
        undefined,
      );
    },
  },
];
