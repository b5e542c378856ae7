import { broadcastAxes } from "../../../kernels/lib/axes.ts";
import { whereForward } from "../../../kernels/where/where.ts";
import { type KernelCase, lengths, random } from "./_harness.ts";

/** Every operand of the output's length, or of one element. */
const flat = lengths.flatMap((length) =>
  [[length, length, length], [1, length, 1], [length, 1, length]].map(
    (sizes): KernelCase => ({
      name: `where: ${sizes.join(", ")} elements`,
      run: (harness) => {
        const [condition, a, b] = sizes.map((size, at) => random(size, at + 1));
        const operands = {
          condition: condition.map((value) => value > 0 ? value : -0),
          a,
          b,
          axes: null,
          output: new Float64Array(length),
        };
        harness.check(whereForward, operands, undefined);
      },
    }),
  )
);

/** One condition for all, of each kind. */
const single = [1, -0].map((chosen): KernelCase => ({
  name: `where: ${chosen} for 300 elements`,
  run: (harness) => {
    const operands = {
      condition: Float64Array.of(chosen),
      a: random(300, 1),
      b: random(300, 2),
      axes: null,
      output: new Float64Array(300),
    };
    harness.check(whereForward, operands, undefined);
  },
}));

const shapes = [
  { output: [3, 5], condition: [3, 1], a: [5], b: [3, 5] },
  { output: [2, 3, 4, 5], condition: [5], a: [3, 1, 1], b: [2, 1, 4, 1] },
  { output: [40, 7, 9], condition: [40, 7, 9], a: [1], b: [7, 1] },
];

const broadcast = shapes.map((shape): KernelCase => ({
  name: `where: [${shape.condition}], [${shape.a}] and [${shape.b}]`,
  run: (harness) => {
    const { output, ...operands } = shape;
    const [condition, a, b] = Object.values(operands).map((sizes, at) =>
      random(elements(sizes), at + 4)
    );
    const given = {
      condition: condition.map((value) => Math.max(value, 0)),
      a,
      b,
      axes: broadcastAxes(output, ...Object.values(operands)),
      output: new Float64Array(elements(output)),
    };
    harness.check(whereForward, given, undefined);
  },
}));

/** What f32 holds exactly, and what a condition may stumble over. */
const special: KernelCase = {
  name: "where: special values",
  run: (harness) => {
    const operands = {
      condition: Float64Array.of(0, -0, NaN, Infinity, -1, 0),
      a: Float64Array.of(1, 2, NaN, -0, 5, 6),
      b: Float64Array.of(-1, NaN, -3, -4, -5, -Infinity),
      axes: null,
      output: new Float64Array(6),
    };
    harness.check(whereForward, operands, undefined);
  },
};

/** The choice between two operands. */
export const whereCases: readonly KernelCase[] = [
  ...flat,
  ...single,
  ...broadcast,
  special,
];

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
