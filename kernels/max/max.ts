import {
  call,
  dispatch,
  kernel,
  type NumberArray,
  type Operand,
  Scratch,
  workgroupsFor,
} from "../kernel.ts";
import { workgroupSize } from "../lib/elementwise.ts";
import { mapDispatch } from "../lib/map.ts";
import { orderFunctions } from "../lib/order.ts";
import { rowsDispatch, type RowsShape, rowStart } from "../lib/rows.ts";
import { sumKernels } from "../sum/sum.ts";
import * as wgsl from "./max.gen.ts";

/** Which element of a row is wanted. */
export interface MaxShape extends RowsShape {
  /** 1 for the largest, −1 for the smallest. */
  readonly sign: 1 | -1;
}

/**
 * The largest or smallest element of each row, and its index, i32. Of equals the
 * first counts; NaN is above all, as in PyTorch.
 */
export const max = /* @__PURE__ */ kernel({
  name: "max",
  operands: { x: "read", values: "write", indices: "write" },
  reference({ indices, values, x }, shape: MaxShape) {
    for (let row = 0; row < values.length; row++) {
      const start = rowStart(shape, row);
      indices[row] = bestOf(x, start, shape);
      values[row] = x[start + indices[row] * shape.inner];
    }
  },
  webgpu: (operands, shape) => [largest(operands, shape)],
});

/** The gradient of {@linkcode max}: that of a row where it was chosen. */
export const maxGradient = /* @__PURE__ */ kernel({
  name: "maxGradient",
  operands: { gradOutput: "read", indices: "read", gradX: "write" },
  reference({ gradOutput, gradX, indices }, shape: RowsShape) {
    gradX.fill(0);
    for (let row = 0; row < gradOutput.length; row++) {
      const at = rowStart(shape, row) + indices[row] * shape.inner;
      gradX[at] = gradOutput[row];
    }
  },
  webgpu: ({ gradOutput, gradX, indices }, { inner, size }) => [
    dispatch(wgsl.largestGradient, {
      bind: { gradOutput, chosen: indices, gradX },
      constants: { size, inner, splits: 1, workgroupSize },
      workgroups: workgroupsFor(gradX.buffer.length, workgroupSize),
    }),
  ],
});

/** Elements of a row where all elements are searched, row after row. */
const rowLength = 4096;

/** The largest or smallest of all elements: one. */
export const maxOfAll = /* @__PURE__ */ kernel({
  name: "maxOfAll",
  operands: { x: "read", output: "write" },
  reference({ output, x }, { sign }: { sign: 1 | -1 }) {
    output[0] = x[bestOf(x, 0, { sign, size: x.length, inner: 1 })];
  },
  webgpu({ output, x }, { sign }) {
    let rest = x;
    const steps = [];
    while (rest.buffer.length > rowLength) {
      const rows = Math.ceil(rest.buffer.length / rowLength);
      const values = new Scratch(rows);
      const shape = { sign, size: rowLength, inner: 1 };
      steps.push(largest({ x: rest, values }, shape));
      rest = values;
    }
    const shape = { sign, size: rest.buffer.length, inner: 1 };
    return [...steps, largest({ x: rest, values: output }, shape)];
  },
});

const functions = `${orderFunctions}
fn isIt(x: f32, y: f32) -> bool {
  return select(orderOf(x) == orderOf(y), isNan(x), isNan(y));
}`;

const marks = /* @__PURE__ */ mapDispatch({
  name: "maxOfAllGradient",
  expression: "select(0.0, 1.0, isIt(x, y))",
  variables: { x: "index", y: "left" },
  functions,
});

const shares = /* @__PURE__ */ mapDispatch({
  name: "maxOfAllGradient",
  expression: "select(0.0, g / n, isIt(x, y))",
  variables: { x: "index", y: "left", g: "left", n: "left" },
  functions,
});

/** Its gradient, which all elements share that have the value, as in PyTorch. */
export const maxOfAllGradient = /* @__PURE__ */ kernel({
  name: "maxOfAllGradient",
  operands: {
    gradOutput: "read",
    x: "read",
    output: "read",
    gradX: "write",
  },
  reference({ gradOutput, gradX, output, x }) {
    const isIt = (value: number) =>
      value === output[0] || Number.isNaN(value) && Number.isNaN(output[0]);
    let count = 0;
    for (const value of x) if (isIt(value)) count++;
    for (let i = 0; i < x.length; i++) {
      gradX[i] = isIt(x[i]) ? gradOutput[0] / count : 0;
    }
  },
  webgpu({ gradOutput: g, gradX, output: y, x }) {
    const own = new Scratch(x.buffer.length);
    const n = new Scratch(1);
    return [
      marks({ variables: { x, y }, output: own }),
      call(sumKernels.forward, { x: own, axes: null, output: n }, {
        factor: 1,
      }),
      shares({ variables: { g, n, x, y }, output: gradX }),
    ];
  },
});

function largest(
  { x, values, indices }: { x: Operand; values: Operand; indices?: Operand },
  { sign, ...shape }: MaxShape,
) {
  const rows = values.buffer.length;
  const { constants, iterations, workgroups } = rowsDispatch(shape, rows);
  return dispatch(wgsl.largest, {
    bind: { x, values, indices: indices ?? new Scratch(rows, "i32") },
    constants: { ...constants, sign },
    workgroups,
    iterations: iterations(1),
  });
}

/** The index in its row of the best element. */
function bestOf(
  x: NumberArray,
  start: number,
  { inner, sign, size }: MaxShape,
): number {
  let best = 0;
  let value = x[start];
  for (let k = 1; k < size && !Number.isNaN(value); k++) {
    const own = x[start + k * inner];
    if (sign * own > sign * value || Number.isNaN(own)) {
      [best, value] = [k, own];
    }
  }
  return best;
}
