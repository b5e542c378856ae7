import type { BatchNorm2dShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import {
  type KernelCase,
  type KernelHarness,
  random,
  rounded,
} from "./_harness.ts";

/** Worst measured: 1.7e-5 absolute, of values up to 316. */
const TOLERANCE = { atol: 5e-6, rtol: 1e-5 };
/** Sums over up to 19,600 terms. Worst measured: 3.2e-5 absolute. */
const SUMS = { atol: 2e-4, rtol: 1e-5 };
/** Values near 1000, neighbours in f32 6e-5 apart. Worst measured: 3.4e-5. */
const FAR = { atol: 1e-4, rtol: 1e-6 };

const SHAPES: Record<string, BatchNorm2dShape> = {
  "odd batch": { batch: 3, channels: 5, area: 77, eps: 1e-5 },
  "batch 1": { batch: 1, channels: 2, area: 6, eps: 1e-5 },
  "one channel": { batch: 2, channels: 1, area: 3, eps: 1e-3 },
  "one pixel": { batch: 257, channels: 2, area: 1, eps: 1e-5 },
  "one value, one channel, batch 2": {
    batch: 2,
    channels: 1,
    area: 1,
    eps: 1e-5,
  },
  "first layer": { batch: 9, channels: 16, area: 784, eps: 1e-5 },
  "two values": { batch: 1, channels: 3, area: 2, eps: 1e-5 },
  "300 channels": { batch: 2, channels: 300, area: 7, eps: 1e-5 },
  "100 images": { batch: 100, channels: 3, area: 196, eps: 1e-5 },
};

/** Every kernel of the batch normalisation on every shape. */
export const batchNorm2dCases: readonly KernelCase[] = [
  ...Object.entries(SHAPES).flatMap(([name, shape]) => [
    {
      name: `batchNorm2dStatistics: ${name}`,
      run: (harness: KernelHarness) =>
        statistics(harness, shape, random(length(shape), 1), TOLERANCE),
    },
    {
      name: `batchNorm2dNormalise: ${name}`,
      run: (harness: KernelHarness) => normalise(harness, shape),
    },
    {
      name: `batchNorm2dInverseDeviation: ${name}`,
      run: (harness: KernelHarness) => inverseDeviation(harness, shape),
    },
    {
      name: `batchNorm2dParameterGradient: ${name}`,
      run: (harness: KernelHarness) => parameterGradient(harness, shape),
    },
    {
      name: `batchNorm2dInputGradient: ${name}`,
      run: (harness: KernelHarness) => inputGradient(harness, shape),
    },
    {
      name: `batchNorm2dEvalInputGradient: ${name}`,
      run: (harness: KernelHarness) => evalInputGradient(harness, shape),
    },
  ]),
  {
    name: "batchNorm2dStatistics: a mean far from 0 costs no digits",
    run: (harness) => {
      const shape = { batch: 5, channels: 3, area: 49, eps: 1e-5 };
      const x = rounded(random(length(shape), 2).map((value) => value + 1000));
      statistics(harness, shape, x, FAR);
    },
  },
  {
    name: "batchNorm2dStatistics: a channel of one value",
    run: (harness) => {
      const shape = { batch: 3, channels: 2, area: 15, eps: 1e-5 };
      const x = new Float64Array(length(shape)).fill(0.5);
      statistics(harness, shape, x, TOLERANCE);
    },
  },
  {
    name: "batchNorm2dStatistics: without a count of batches",
    run: (harness) => {
      const shape = { batch: 3, channels: 2, area: 15, eps: 1e-5 };
      statistics(harness, shape, random(length(shape), 1), TOLERANCE, false);
    },
  },
];

function statistics(
  harness: KernelHarness,
  shape: BatchNorm2dShape,
  x: Float64Array,
  tolerance: { atol: number; rtol: number },
  counts = true,
): void {
  const { channels } = shape;
  const momentum = 0.1;
  const runningMean = random(channels, 3);
  const runningVariance = random(channels, 4).map(Math.abs);
  const moved = {
    runningMean: harness.f32(runningMean),
    runningVariance: harness.f32(runningVariance),
    mean: harness.output(channels),
    inverseDeviation: harness.output(channels),
  };
  const batches = counts ? harness.i32([41]) : null;
  harness.kernels.batchNorm2dStatistics(
    harness.f32(x),
    moved.runningMean,
    moved.runningVariance,
    batches,
    moved.mean,
    moved.inverseDeviation,
    shape,
    momentum,
  );
  const expected = reference.batchNorm2dStatistics(
    x,
    runningMean,
    runningVariance,
    shape,
    momentum,
  );
  if (batches !== null) harness.expectEqual(batches, [42], "batches");
  for (const name of Object.keys(moved) as (keyof typeof moved)[]) {
    harness.expectClose(moved[name], expected[name], tolerance, name);
  }
}

function normalise(harness: KernelHarness, shape: BatchNorm2dShape): void {
  const { x, mean, inverseDeviation, weight, bias } = inputs(shape);
  const output = harness.output(x.length);
  harness.kernels.batchNorm2dNormalise(
    harness.f32(x),
    harness.f32(mean),
    harness.f32(inverseDeviation),
    harness.f32(weight),
    harness.f32(bias),
    output,
    shape,
  );
  const expected = reference.batchNorm2dNormalise(
    x,
    mean,
    inverseDeviation,
    weight,
    bias,
    shape,
  );
  harness.expectClose(output, expected, TOLERANCE);
}

function inverseDeviation(
  harness: KernelHarness,
  shape: BatchNorm2dShape,
): void {
  const variance = random(shape.channels, 5).map(Math.abs);
  const output = harness.output(shape.channels);
  harness.kernels.batchNorm2dInverseDeviation(
    harness.f32(variance),
    output,
    shape,
  );
  const expected = reference.batchNorm2dInverseDeviation(variance, shape);
  harness.expectClose(output, expected, TOLERANCE);
}

function parameterGradient(
  harness: KernelHarness,
  shape: BatchNorm2dShape,
): void {
  const { gradOutput, x, mean, inverseDeviation } = inputs(shape);
  const gradWeight = harness.output(shape.channels);
  const gradBias = harness.output(shape.channels);
  harness.kernels.batchNorm2dParameterGradient(
    harness.f32(gradOutput),
    harness.f32(x),
    harness.f32(mean),
    harness.f32(inverseDeviation),
    gradWeight,
    gradBias,
    shape,
  );
  const expected = reference.batchNorm2dParameterGradient(
    gradOutput,
    x,
    mean,
    inverseDeviation,
    shape,
  );
  harness.expectClose(gradWeight, expected.gradWeight, SUMS, "gradWeight");
  harness.expectClose(gradBias, expected.gradBias, SUMS, "gradBias");
}

function inputGradient(harness: KernelHarness, shape: BatchNorm2dShape): void {
  const { gradOutput, x, mean, inverseDeviation, weight } = inputs(shape);
  const { gradWeight, gradBias } = reference.batchNorm2dParameterGradient(
    gradOutput,
    x,
    mean,
    inverseDeviation,
    shape,
  );
  const gradX = harness.output(x.length);
  harness.kernels.batchNorm2dInputGradient(
    harness.f32(gradOutput),
    harness.f32(x),
    harness.f32(mean),
    harness.f32(inverseDeviation),
    harness.f32(weight),
    harness.f32(gradWeight),
    harness.f32(gradBias),
    gradX,
    shape,
  );
  const expected = reference.batchNorm2dInputGradient(
    gradOutput,
    x,
    mean,
    inverseDeviation,
    weight,
    shape,
  );
  harness.expectClose(gradX, expected, TOLERANCE);
}

function evalInputGradient(
  harness: KernelHarness,
  shape: BatchNorm2dShape,
): void {
  const { gradOutput, inverseDeviation, weight } = inputs(shape);
  const gradX = harness.output(gradOutput.length);
  harness.kernels.batchNorm2dEvalInputGradient(
    harness.f32(gradOutput),
    harness.f32(inverseDeviation),
    harness.f32(weight),
    gradX,
    shape,
  );
  const expected = reference.batchNorm2dEvalInputGradient(
    gradOutput,
    inverseDeviation,
    weight,
    shape,
  );
  harness.expectClose(gradX, expected, TOLERANCE);
}

/** A batch around 3, its own statistics in f32, and parameters. */
function inputs(
  shape: BatchNorm2dShape,
): Record<
  "gradOutput" | "x" | "mean" | "inverseDeviation" | "weight" | "bias",
  Float64Array
> {
  const { channels } = shape;
  const zeros = new Float64Array(channels);
  const x = rounded(random(length(shape), 6).map((value) => value + 3));
  const { mean, inverseDeviation } = reference.batchNorm2dStatistics(
    x,
    zeros,
    zeros,
    shape,
    0,
  );
  return {
    gradOutput: random(length(shape), 7),
    x,
    mean: rounded(mean),
    inverseDeviation: rounded(inverseDeviation),
    weight: random(channels, 8),
    bias: random(channels, 9),
  };
}

function length(shape: BatchNorm2dShape): number {
  return shape.batch * shape.channels * shape.area;
}
