import type { BatchNorm2dShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import {
  type KernelCase,
  type KernelHarness,
  random,
  rounded,
} from "./_harness.ts";

/** Worst measured: 3.6e-7 absolute. */
const TOLERANCE = { atol: 5e-6, rtol: 1e-5 };
/** Sums over batch and area, up to 7,056 terms. Worst measured: 1.2e-5 absolute. */
const SUMS = { atol: 2e-4, rtol: 2e-5 };

const eps = 1e-5;

const SHAPES: readonly BatchNorm2dShape[] = [
  { batch: 2, channels: 1, area: 1, eps },
  { batch: 1, channels: 3, area: 35, eps },
  { batch: 5, channels: 7, area: 13, eps },
  { batch: 9, channels: 16, area: 784, eps },
  { batch: 300, channels: 2, area: 4, eps: 1e-3 },
];

function batchNorm(
  harness: KernelHarness,
  shape: BatchNorm2dShape,
  shift: number,
): void {
  const { batch, channels, area } = shape;
  const length = batch * channels * area;
  const x = random(length, 1).map((value) => Math.fround(value + shift));
  const weight = random(channels, 2), bias = random(channels, 3);
  const { inverseDeviation, mean } = statistics(harness, shape, x);
  const [f32Mean, f32Deviation] = [rounded(mean), rounded(inverseDeviation)];
  const { kernels } = harness;
  const given = {
    x: harness.f32(x),
    mean: harness.f32(f32Mean),
    deviation: harness.f32(f32Deviation),
    weight: harness.f32(weight),
  };
  const output = harness.output(length);
  kernels.batchNorm2dNormalise(
    given.x,
    given.mean,
    given.deviation,
    given.weight,
    harness.f32(bias),
    output,
    shape,
  );
  harness.expectClose(
    output,
    reference.batchNorm2dNormalise(
      x,
      f32Mean,
      f32Deviation,
      weight,
      bias,
      shape,
    ),
    TOLERANCE,
  );
  gradients(harness, shape, x, f32Mean, f32Deviation, weight);
}

function statistics(
  harness: KernelHarness,
  shape: BatchNorm2dShape,
  x: Float64Array,
): reference.BatchNorm2dStatistics {
  const { channels } = shape;
  const running = random(channels, 5);
  const variance = random(channels, 6).map((value) => Math.abs(value) + 1);
  const expected = reference.batchNorm2dStatistics(
    x,
    running,
    rounded(variance),
    shape,
    0.3,
  );
  const runningMean = harness.f32(running);
  const runningVariance = harness.f32(variance);
  const mean = harness.output(channels), deviation = harness.output(channels);
  const { kernels } = harness;
  kernels.batchNorm2dStatistics(
    harness.f32(x),
    runningMean,
    runningVariance,
    mean,
    deviation,
    shape,
    0.3,
  );
  harness.expectClose(mean, expected.mean, TOLERANCE);
  harness.expectClose(deviation, expected.inverseDeviation, TOLERANCE);
  harness.expectClose(runningMean, expected.runningMean, TOLERANCE);
  harness.expectClose(runningVariance, expected.runningVariance, TOLERANCE);
  const inverse = harness.output(channels);
  const old = rounded(variance);
  kernels.batchNorm2dInverseDeviation(harness.f32(old), inverse, shape);
  const byVariance = reference.batchNorm2dInverseDeviation(old, shape);
  harness.expectClose(inverse, byVariance, TOLERANCE);
  return expected;
}

function gradients(
  harness: KernelHarness,
  shape: BatchNorm2dShape,
  x: Float64Array,
  mean: Float64Array,
  deviation: Float64Array,
  weight: Float64Array,
): void {
  const { kernels } = harness;
  const { channels } = shape;
  const gradient = random(x.length, 4);
  const given = {
    gradOutput: harness.f32(gradient),
    x: harness.f32(x),
    mean: harness.f32(mean),
    deviation: harness.f32(deviation),
    weight: harness.f32(weight),
  };
  const gradWeight = harness.output(channels);
  const gradBias = harness.output(channels);
  kernels.batchNorm2dParameterGradient(
    given.gradOutput,
    given.x,
    given.mean,
    given.deviation,
    gradWeight,
    gradBias,
    shape,
  );
  const sums = reference.batchNorm2dParameterGradient(
    gradient,
    x,
    mean,
    deviation,
    shape,
  );
  harness.expectClose(gradWeight, sums.gradWeight, SUMS);
  harness.expectClose(gradBias, sums.gradBias, SUMS);
  const gradX = harness.output(x.length), evalGradX = harness.output(x.length);
  kernels.batchNorm2dInputGradient(
    given.gradOutput,
    given.x,
    given.mean,
    given.deviation,
    given.weight,
    harness.f32(sums.gradWeight),
    harness.f32(sums.gradBias),
    gradX,
    shape,
  );
  harness.expectClose(
    gradX,
    reference.batchNorm2dInputGradient(
      gradient,
      x,
      mean,
      deviation,
      weight,
      shape,
    ),
    TOLERANCE,
  );
  kernels.batchNorm2dEvalInputGradient(
    given.gradOutput,
    given.deviation,
    given.weight,
    evalGradX,
    shape,
  );
  harness.expectClose(
    evalGradX,
    reference.batchNorm2dEvalInputGradient(gradient, deviation, weight, shape),
    TOLERANCE,
  );
}

/** Statistics, normalising, and gradients in both modes. */
export const batchNorm2dCases: readonly KernelCase[] = SHAPES.flatMap(
  (shape) =>
    [0, 3].map((shift): KernelCase => ({
      name:
        `batchNorm2d: ${shape.batch} × ${shape.channels} × ${shape.area}, ` +
        `mean near ${shift}`,
      run: (harness) => batchNorm(harness, shape, shift),
    })),
);
