import { dispatch, kernel, type NumberArray } from "../kernel.ts";
import { rowsDispatch, type RowsShape, rowStart } from "../lib/rows.ts";
import * as wgsl from "./softmax.gen.ts";

/**
 * `exp(x) / Σ exp(x)` of each row, with the largest element of the row taken off
 * all before.
 */
export const softmaxForward = /* @__PURE__ */ kernel({
  name: "softmax",
  operands: { x: "read", output: "write" },
  reference({ output, x }, shape: RowsShape) {
    for (const { at, largest, sum } of exponentials(x, shape)) {
      for (const i of at) output[i] = Math.exp(x[i] - largest) / sum;
    }
  },
  webgpu({ output, x }, shape) {
    const { iterations, ...rest } = shared(output.buffer.length, shape);
    return [dispatch(wgsl.softmax, {
      bind: { x, output },
      ...rest,
      iterations: iterations(3),
    })];
  },
});

/** The gradient: `gradX = output · (gradOutput − Σ gradOutput · output)`. */
export const softmaxGradient = /* @__PURE__ */ kernel({
  name: "softmaxGradient",
  operands: { gradOutput: "read", output: "read", gradX: "write" },
  reference({ gradOutput, gradX, output }, shape: RowsShape) {
    for (const at of rowsOf(gradX.length, shape)) {
      let sum = 0;
      for (const i of at) sum += gradOutput[i] * output[i];
      for (const i of at) gradX[i] = output[i] * (gradOutput[i] - sum);
    }
  },
  webgpu({ gradOutput, gradX, output }, shape) {
    const { iterations, ...rest } = shared(gradX.buffer.length, shape);
    return [dispatch(wgsl.softmaxGradient, {
      bind: { gradOutput, y: output, gradX },
      ...rest,
      iterations: iterations(2),
    })];
  },
});

/** The logarithm of the softmax: `x − largest − log Σ exp(x − largest)`. */
export const logSoftmaxForward = /* @__PURE__ */ kernel({
  name: "logSoftmax",
  operands: { x: "read", output: "write" },
  reference({ output, x }, shape: RowsShape) {
    for (const { at, largest, sum } of exponentials(x, shape)) {
      const logSum = Math.log(sum);
      for (const i of at) output[i] = x[i] - largest - logSum;
    }
  },
  webgpu({ output, x }, shape) {
    const { iterations, ...rest } = shared(output.buffer.length, shape);
    return [dispatch(wgsl.logSoftmax, {
      bind: { x, output },
      ...rest,
      iterations: iterations(3),
    })];
  },
});

/** The gradient: `gradX = gradOutput − exp(output) · Σ gradOutput`. */
export const logSoftmaxGradient = /* @__PURE__ */ kernel({
  name: "logSoftmaxGradient",
  operands: { gradOutput: "read", output: "read", gradX: "write" },
  reference({ gradOutput, gradX, output }, shape: RowsShape) {
    for (const at of rowsOf(gradX.length, shape)) {
      let sum = 0;
      for (const i of at) sum += gradOutput[i];
      for (const i of at) gradX[i] = gradOutput[i] - Math.exp(output[i]) * sum;
    }
  },
  webgpu({ gradOutput, gradX, output }, shape) {
    const { iterations, ...rest } = shared(gradX.buffer.length, shape);
    return [dispatch(wgsl.logSoftmaxGradient, {
      bind: { gradOutput, y: output, gradX },
      ...rest,
      iterations: iterations(2),
    })];
  },
});

function shared(length: number, shape: RowsShape) {
  return rowsDispatch(shape, length / shape.size);
}

/** The indices of each row's elements; the array is the same each time. */
function* rowsOf(length: number, shape: RowsShape): Generator<Uint32Array> {
  const { inner, size } = shape;
  const at = new Uint32Array(size);
  for (let row = 0; row < length / size; row++) {
    const start = rowStart(shape, row);
    for (let k = 0; k < size; k++) at[k] = start + k * inner;
    yield at;
  }
}

/** The largest element of each row, and `Σ exp(x − largest)`. */
function* exponentials(x: NumberArray, shape: RowsShape) {
  for (const at of rowsOf(x.length, shape)) {
    let largest = x[at[0]];
    let sum = 0;
    for (const i of at) largest = Math.max(largest, x[i]);
    for (const i of at) sum += Math.exp(x[i] - largest);
    yield { at, largest, sum };
  }
}
