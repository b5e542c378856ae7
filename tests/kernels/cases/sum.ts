import { broadcastAxes, reductionAxes } from "../../../kernels/lib/axes.ts";
import { sumKernels } from "../../../kernels/sum/sum.ts";
import { type KernelCase, lengths, random } from "./_harness.ts";

/** Up to 100,001 terms in another order. Worst measured: 3.5e-5 absolute. */
const SUM = { atol: 1e-4, rtol: 1e-5 };

const all = [1, 63, 1000, 100_001].map((length): KernelCase => ({
  name: `sum: ${length} elements`,
  run: (harness) => {
    const operands = {
      x: random(length, 8),
      axes: null,
      output: new Float64Array(1),
    };
    harness.check(sumKernels.forward, operands, { factor: 0.3 }, SUM);
  },
}));

const expanded = lengths.map((length): KernelCase => ({
  name: `sumGradient: ${length} elements`,
  run: (harness) => {
    const operands = {
      gradOutput: Float64Array.of(0.75),
      x: null,
      output: null,
      axes: null,
      gradX: new Float32Array(length),
    };
    const factor = Math.fround(1 / length);
    harness.check(sumKernels.gradient, operands, { factor });
  },
}));

/** The first and the last axis, both, one in between, and long ones. */
const some: { shape: number[]; dims: number[] }[] = [
  { shape: [3, 5], dims: [0] },
  { shape: [3, 5], dims: [1] },
  { shape: [4, 3, 5, 2], dims: [0, 2, 3] },
  { shape: [4, 3, 1, 2], dims: [1, 2] },
  { shape: [2, 1000], dims: [1] },
  { shape: [1000, 3], dims: [0] },
  { shape: [2, 3, 2, 3, 2, 3], dims: [1, 3, 4] },
];

const along = some.flatMap(({ dims, shape }): KernelCase[] => {
  const kept = shape.map((size, axis) => dims.includes(axis) ? 1 : size);
  const length = elements(shape);
  return [
    {
      name: `sum: axes ${dims} of [${shape}]`,
      run: (harness) => {
        const operands = {
          x: random(length, 8),
          axes: reductionAxes(shape, (axis) => dims.includes(axis)),
          output: new Float64Array(elements(kept)),
        };
        harness.check(sumKernels.forward, operands, { factor: 0.3 }, SUM);
      },
    },
    {
      name: `sumGradient: axes ${dims} of [${shape}]`,
      run: (harness) => {
        const operands = {
          gradOutput: random(elements(kept), 8),
          x: null,
          output: null,
          axes: broadcastAxes(shape, kept, []),
          gradX: new Float32Array(length),
        };
        harness.check(sumKernels.gradient, operands, { factor: 0.25 });
      },
    },
  ];
});

/** Sums of all elements and along axes, and their gradients. */
export const sumCases: readonly KernelCase[] = [...all, ...expanded, ...along];

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
