import { assertEquals } from "@std/assert";
import { argmax, correctCount } from "../kernels/argmax/argmax.ts";
import type { AvgPool2dShape } from "../kernels/avg_pool2d/avg_pool2d.ts";
import type { CrossEntropyShape } from "../kernels/cross_entropy/cross_entropy.ts";
import type { ClassesShape } from "../kernels/lib/largest_column.ts";
import type { Pool2dShape } from "../kernels/lib/pool2d.ts";
import {
  maxPool2dForward,
  maxPool2dGradient,
} from "../kernels/max_pool2d/max_pool2d.ts";
import {
  ADAM_GROUP,
  type AdamConstants,
  adamStep,
} from "../kernels/adam/adam.ts";
import type { BatchNorm2dShape } from "../kernels/batch_norm2d/batch_norm2d.ts";
import type { LinearShape } from "../kernels/linear/linear.ts";
import type { Conv2dShape } from "../kernels/conv2d/conv2d.ts";
import { reluKernels } from "../kernels/relu/relu.ts";
import { type SgdConstants, sgdStep } from "../kernels/sgd/sgd.ts";
import { assertClose } from "./close.ts";
import { Golden } from "./golden.ts";
import * as reference from "./reference.ts";
import * as operations from "./reference/_operations.ts";
import type { Arrays, Operation } from "./reference/_operations.ts";
import { isPermitted, needs } from "./permissions.ts";

needs(import.meta.url, "read");

/**
 * The goldens of single operations are f64 results rounded to f32, by at most
 * 2⁻²⁴ of the value. Worst relative error measured: 5.94e-8.
 */
const ROUNDED = { atol: 1e-14, rtol: 2 ** -24 };

const golden = await Golden.read("operations");

/** One test for each stored case of an operation. */
function testEachCase<Shape>(
  operation: string,
  check: (name: string, shape: Shape) => void,
): void {
  const names = Object.keys(golden.metadata)
    .filter((name) => name.startsWith(`${operation}.`));
  if (names.length === 0 && isPermitted("read")) {
    throw new Error(`no golden case of ${operation}`);
  }
  for (const name of names) {
    Deno.test(`the reference gives PyTorch's numbers: ${name}`, () => {
      check(name, JSON.parse(golden.metadata[name]));
    });
  }
}

/** Compares output and gradients of an operation with the stored ones. */
function assertGolden(name: string, operation: Operation): void {
  const stored = golden.group(`${name}.`);
  const inputs: Arrays = {};
  for (const input of ["x", "weight", "bias", "logits"]) {
    if (input in stored) inputs[input] = stored[input];
  }
  assertClose(operation.forward(inputs), stored.output, ROUNDED, "output");
  const gradients = operation.backward(stored.gradOutput, inputs);
  for (const input of Object.keys(inputs)) {
    const gradient = `grad${input[0].toUpperCase()}${input.slice(1)}`;
    assertClose(gradients[input], stored[gradient], ROUNDED, gradient);
  }
}

testEachCase<Omit<Conv2dShape, "groups">>("conv2d", (name, shape) => {
  assertGolden(name, operations.conv2d({ ...shape, groups: 1 }));
});

testEachCase<BatchNorm2dShape & { momentum: number }>(
  "batchNorm2d",
  (name, shape) => {
    const stored = golden.group(`${name}.`);
    const { runningMean, runningVariance } = stored;
    if (name === "batchNorm2d.eval") {
      assertGolden(
        name,
        operations.batchNorm2dEval(shape, runningMean, runningVariance),
      );
      return;
    }
    assertGolden(name, operations.batchNorm2dTrain(shape));
    const after = operations.batchStatistics(
      stored.x,
      shape,
      runningMean,
      runningVariance,
      shape.momentum,
    );
    assertClose(
      after.runningMean,
      stored.runningMeanAfter,
      ROUNDED,
      "running mean",
    );
    assertClose(
      after.runningVar,
      stored.runningVarianceAfter,
      ROUNDED,
      "running variance",
    );
  },
);

testEachCase<Pool2dShape>("maxPool2d", (name, shape) => {
  const stored = golden.group(`${name}.`);
  const { gradOutput, x } = stored;
  const { indices, output } = reference.runReference(maxPool2dForward, {
    x,
    output: new Float64Array(gradOutput.length),
    indices: new Int32Array(gradOutput.length),
  }, shape);
  assertEquals(output, stored.output);
  assertEquals(indices, golden.integers(`${name}.indices`));
  const { gradX } = reference.runReference(maxPool2dGradient, {
    gradOutput,
    indices,
    gradX: new Float64Array(x.length),
  }, shape);
  assertClose(gradX, stored.gradX, ROUNDED, "gradX");
});

testEachCase<AvgPool2dShape>("avgPool2d", (name, shape) => {
  assertGolden(name, operations.avgPool2d(shape));
});

testEachCase<LinearShape>("linear", (name, shape) => {
  assertGolden(name, operations.linear(shape));
});

testEachCase<CrossEntropyShape>("crossEntropy", (name, shape) => {
  const labels = golden.integers(`${name}.labels`);
  assertGolden(name, operations.crossEntropy(shape, labels));
  // The gradient is (probability − target) / batch.
  const { batch, classes } = shape;
  const { logits } = operations.crossEntropy(shape, labels)
    .backward(Float64Array.of(batch), golden.group(`${name}.`));
  const probabilities = logits.map((difference, i) =>
    difference + Number(i % classes === labels[Math.floor(i / classes)])
  );
  assertClose(
    probabilities,
    golden.numbers(`${name}.probabilities`),
    ROUNDED,
    "probabilities",
  );
});

testEachCase("relu", (name) => {
  const stored = golden.group(`${name}.`);
  const { output } = reference.runReference(reluKernels.forward, {
    x: stored.x,
    output: new Float64Array(stored.x.length),
  }, undefined);
  // PyTorch keeps the sign of a zero; nothing depends on it.
  const unsigned = (values: Float64Array) => values.map((value) => value + 0);
  assertEquals(unsigned(output), unsigned(stored.output));
  const { gradX } = reference.runReference(reluKernels.gradient, {
    gradOutput: stored.gradOutput,
    x: null,
    output,
    gradX: new Float64Array(output.length),
  }, undefined);
  assertEquals(gradX, stored.gradX);
});

testEachCase<ClassesShape>("argmax", (name, shape) => {
  const scores = golden.numbers(`${name}.x`);
  const labels = golden.integers(`${name}.labels`);
  const columns = reference.runReference(argmax, {
    scores,
    output: new Int32Array(labels.length),
  }, shape);
  assertEquals(columns.output, golden.integers(`${name}.indices`));
  const count = reference.runReference(correctCount, {
    scores,
    labels,
    output: new Float64Array(1),
  }, shape);
  assertEquals(count.output, golden.numbers(`${name}.output`));
});

testEachCase<AdamConstants & { learningRate: number }>(
  "adam",
  (name, { learningRate, ...options }) => {
    const stored = golden.group(`${name}.`);
    const { length } = stored.parameter;
    const state = new Float64Array(4 * Math.ceil(length / ADAM_GROUP));
    state[0] = learningRate;
    const parameter = stored.parameter.slice();
    const expAvg = new Float64Array(length);
    const expAvgSq = new Float64Array(length);
    for (let start = 0; start < stored.gradients.length; start += length) {
      const gradient = stored.gradients.subarray(start, start + length);
      const operands = {
        gradient,
        state,
        parameter,
        expAvg,
        expAvgSq,
        maxExpAvgSq: null,
      };
      adamStep.reference(operands, options);
    }
    assertClose(parameter, stored.output, ROUNDED, "parameter");
    assertClose(expAvg, stored.expAvg, ROUNDED, "expAvg");
    assertClose(expAvgSq, stored.expAvgSq, ROUNDED, "expAvgSq");
  },
);

testEachCase<SgdConstants & { learningRate: number }>(
  "sgd",
  (name, { learningRate, ...options }) => {
    const stored = golden.group(`${name}.`);
    const { length } = stored.parameter;
    const parameter = stored.parameter.slice();
    const momentumBuffer = new Float64Array(length);
    for (let start = 0; start < stored.gradients.length; start += length) {
      const gradient = stored.gradients.subarray(start, start + length);
      sgdStep.reference({
        gradient,
        learningRate: Float64Array.of(learningRate),
        parameter,
        momentumBuffer,
      }, { ...options, dampening: 0 });
    }
    assertClose(parameter, stored.output, ROUNDED, "parameter");
    if (stored.momentumBuffer !== undefined) {
      assertClose(momentumBuffer, stored.momentumBuffer, ROUNDED, "momentum");
    }
  },
);
