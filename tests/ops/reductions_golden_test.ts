import { assertEquals } from "@std/assert";
import { Tensor } from "../../src/core/tensor.ts";
import * as ops from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";
import { Golden } from "../golden.ts";
import { type GoldenArguments, testGoldenCases } from "../golden_cases.ts";

const golden = await Golden.read("reductions");

/** Worst measured: 1.9e-6 absolute, of 17; 9.6e-6 relative, of 0.01. */
const TOLERANCE = { atol: 2e-6, rtol: 1e-5 };

testGoldenCases(golden, {
  softmax: ({ options, tensors }) => ops.softmax(tensors.x, options.dim),
  logSoftmax: ({ options, tensors }) => ops.logSoftmax(tensors.x, options.dim),
  logsumexp: ({ options, tensors }) => ops.logsumexp(tensors.x, options),
  variance: ({ options, tensors }) => ops.variance(tensors.x, options),
  norm: ({ options: { p, ...options }, tensors }) =>
    ops.norm(tensors.x, p, options),
  matmul: ({ tensors: { left, right } }) => ops.matmul(left, right),
  max: extremum(ops.max),
  min: extremum(ops.min),
}, TOLERANCE);

function extremum(operation: typeof ops.max) {
  return ({ options: { dim }, tensors: { x } }: GoldenArguments) =>
    dim === undefined ? operation(x) : operation(x, dim).values;
}

deviceTest(
  "indices of the largest and smallest are PyTorch's",
  async (device) => {
    const names = Object.keys(golden.metadata)
      .filter((name) => golden.tensors.has(`${name}.indices`));
    for (const name of names) {
      const { dim } = JSON.parse(golden.metadata[name]);
      const stored = golden.tensor(`${name}.x`);
      const values = Float32Array.from(stored.data, Number);
      const expected = golden.integers(`${name}.indices`);
      using x = Tensor.from(device, values, stored.shape);
      const operation = name.startsWith("max") ? ops.max : ops.min;
      const { indices } = operation(x, dim);
      assertEquals(await indices.data(), expected, name);
      if (operation === ops.min) continue;
      assertEquals(await ops.argmax(x, dim).data(), expected, name);
      const kept = ops.argmax(x, dim, true);
      const axis = dim < 0 ? dim + x.shape.length : dim;
      assertEquals(kept.shape, x.shape.with(axis, 1));
      assertEquals(await kept.data(), expected, name);
    }
  },
);
