import { addKernels } from "../../../kernels/add/add.ts";
import { divKernels } from "../../../kernels/div/div.ts";
import { broadcastAxes } from "../../../kernels/lib/axes.ts";
import type { BinaryKernels } from "../../../kernels/lib/binary.ts";
import { mulKernels } from "../../../kernels/mul/mul.ts";
import { subKernels } from "../../../kernels/sub/sub.ts";
import { type KernelCase, lengths, random, UNWRITTEN } from "./_harness.ts";

const operations = {
  add: addKernels,
  div: divKernels,
  mul: mulKernels,
  sub: subKernels,
};

/**
 * Of quotients: WGSL's may be off by 2.5 units in the last place, and a gradient
 * is rounded twice more.
 */
const QUOTIENT = { atol: 1e-37, rtol: 6e-7 };

/** Exact but for quotients. */
function outputAndTolerance(name: string, length: number) {
  return name === "div"
    ? { output: new Float64Array(length), tolerance: QUOTIENT }
    : { output: new Float32Array(length), tolerance: null };
}

/** Operands of the output's length, and of one element on either side. */
const flat = Object.entries(operations).flatMap(([name, { forward }]) =>
  lengths.flatMap((length) =>
    [[length, length], [length, 1], [1, length]].map((sizes): KernelCase => ({
      name: `${name}: ${sizes[0]} and ${sizes[1]} elements`,
      run: (harness) => {
        const [left, right] = sizes.map((size, at) => random(size, at + 1));
        const { output, tolerance } = outputAndTolerance(name, length);
        const operands = { left, right, axes: null, output };
        harness.check(forward, operands, undefined, tolerance);
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
  { output: [3, 1, 5, 1, 7], left: [1, 5, 1, 7], right: [3, 1, 1, 1, 1] },
  { output: [2, 3, 4], left: [2, 1, 1], right: [3, 4] },
  { output: [3, 257], left: [1, 257], right: [3, 257] },
];

const broadcast = Object.entries(operations).flatMap(([name, { forward }]) =>
  shapes.map((shape): KernelCase => ({
    name: `${name}: [${shape.left}] and [${shape.right}]`,
    run: (harness) => {
      const [left, right] = [shape.left, shape.right].map((sizes, at) =>
        random(elements(sizes), at + 3)
      );
      const axes = broadcastAxes(shape.output, shape.left, shape.right);
      const length = elements(shape.output);
      const { output, tolerance } = outputAndTolerance(name, length);
      const operands = { left, right, axes, output };
      harness.check(forward, operands, undefined, tolerance);
    },
  }))
);

const gradients = Object.entries(operations).flatMap(([name, kernels]) =>
  (["left", "right"] as const).flatMap((side) =>
    [null, ...shapes].map((shape) => gradientCase(name, kernels, side, shape))
  )
).filter((one) => one !== null);

/** Null where a gradient is that of the output. */
function gradientCase(
  name: string,
  kernels: BinaryKernels,
  side: "left" | "right",
  shape: (typeof shapes)[number] | null,
): KernelCase | null {
  const gradient = kernels[side];
  if (gradient === null) return null;
  const { kernel, saved } = gradient;
  const { left, output, right } = shape ??
    { left: [1000], right: [1000], output: [1000] };
  const text = shape ? `, [${left}] and [${right}]` : "";
  return {
    name: `${name}: gradient on the ${side}${text}`,
    run: (harness) => {
      const length = elements(output);
      const { output: given, tolerance } = outputAndTolerance(name, length);
      harness.check(
        kernel,
        {
          gradOutput: random(length, 5),
          left: saved.left ? random(elements(left), 6) : null,
          right: saved.right ? random(elements(right), 7) : null,
          output: saved.output ? random(length, 8) : null,
          axes: shape && broadcastAxes(output, left, right),
          gradient: given,
        },
        undefined,
        tolerance,
      );
    },
  };
}

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
      const expected = new Float64Array(4 * size).fill(UNWRITTEN);
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
