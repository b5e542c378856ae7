import { addKernels } from "../../../kernels/add/add.ts";
import { broadcastAxes } from "../../../kernels/lib/axes.ts";
import { mulKernels } from "../../../kernels/mul/mul.ts";
import { type KernelCase, lengths, random } from "./_harness.ts";

const operations = { add: addKernels, mul: mulKernels };

/** Operands of the output's length, and of one element on either side. */
const flat = Object.entries(operations).flatMap(([name, { forward }]) =>
  lengths.flatMap((length) =>
    [[length, length], [length, 1], [1, length]].map((sizes): KernelCase => ({
      name: `${name}: ${sizes[0]} and ${sizes[1]} elements`,
      run: (harness) => {
        const [left, right] = sizes.map((size, at) => random(size, at + 1));
        const output = new Float32Array(length);
        const operands = { left, right, axes: null, output };
        harness.check(forward, operands, undefined);
      },
    }))
  )
);

const shapes: { output: number[]; left: number[]; right: number[] }[] = [
  { output: [3, 5], left: [3, 5], right: [5] },
  { output: [3, 5], left: [3, 1], right: [1, 5] },
  { output: [2, 3, 4, 5], left: [3, 1, 1], right: [2, 3, 4, 5] },
  {
    output: [2, 3, 2, 2, 2, 3],
    left: [2, 1, 2, 1, 2, 1],
    right: [3, 1, 2, 1, 3],
  },
  { output: [40, 7, 9], left: [40, 1, 9], right: [7, 1] },
];

const broadcast = Object.entries(operations).flatMap(([name, { forward }]) =>
  shapes.map((shape): KernelCase => ({
    name: `${name}: [${shape.left}] and [${shape.right}]`,
    run: (harness) => {
      const [left, right] = [shape.left, shape.right].map((sizes, at) =>
        random(elements(sizes), at + 3)
      );
      const axes = broadcastAxes(shape.output, shape.left, shape.right);
      const output = new Float32Array(elements(shape.output));
      harness.check(forward, { left, right, axes, output }, undefined);
    },
  }))
);

const gradients = (["left", "right"] as const).flatMap((side) =>
  [null, ...shapes].map((shape): KernelCase => ({
    name: `mul: gradient on the ${side}${
      shape ? `, [${shape.left}] and [${shape.right}]` : ""
    }`,
    run: (harness) => {
      const { left: l, right: r, output: o } = shape ??
        { left: [1000], right: [1000], output: [1000] };
      const length = elements(o);
      const { kernel, saved } = mulKernels[side]!;
      harness.check(
        kernel,
        {
          gradOutput: random(length, 5),
          left: saved.left ? random(elements(l), 6) : null,
          right: saved.right ? random(elements(r), 7) : null,
          output: null,
          axes: shape && broadcastAxes(o, l, r),
          gradient: new Float32Array(length),
        },
        undefined,
      );
    },
  }))
);

/** Arithmetic with two operands. */
export const binaryCases: readonly KernelCase[] = [
  ...flat,
  ...broadcast,
  ...gradients,
  {
    name: "add: views leave their neighbours alone",
    run: (harness) => {
      const size = harness.alignment;
      const left = random(3 * size, 9);
      const right = random(4 * size, 10);
      const output = harness.output(4 * size);
      harness.run(addKernels.forward, {
        left: harness.view(harness.f32(left), 2, size - 1),
        right: harness.view(harness.f32(right), 3, size - 1),
        axes: null,
        output: harness.view(output, 1, size - 1),
      });
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

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
