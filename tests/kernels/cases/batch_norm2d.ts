import {
  batchNorm2dEvalInputGradient,
  batchNorm2dInputGradient,
  batchNorm2dInvStd,
  batchNorm2dNormalise,
  batchNorm2dParameterGradient,
  type BatchNorm2dShape,
  batchNorm2dStatistics,
} from "../../../kernels/batch_norm2d/batch_norm2d.ts";
import {
  batchNorm2dRelu,
  batchNorm2dReluGradient,
} from "../../../kernels/batch_norm2d/rectified.ts";
import { runReference } from "../../reference.ts";
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
  ...Object.entries(SHAPES).flatMap(([name, shape]): KernelCase[] => [
    {
      name: `batchNorm2dStatistics: ${name}`,
      run: (harness) =>
        statistics(harness, shape, random(length(shape), 1), TOLERANCE),
    },
    {
      name: `batchNorm2dNormalise: ${name}`,
      run(harness) {
        const { x, mean, invStd, weight, bias } = inputs(shape);
        const output = new Float64Array(x.length);
        const operands = { x, mean, invStd, weight, bias, output };
        harness.check(batchNorm2dNormalise, operands, shape, TOLERANCE);
      },
    },
    {
      name: `batchNorm2dInvStd: ${name}`,
      run(harness) {
        const variance = random(shape.channels, 5).map(Math.abs);
        const invStd = new Float64Array(shape.channels);
        const operands = { variance, invStd };
        harness.check(batchNorm2dInvStd, operands, shape, TOLERANCE);
      },
    },
    {
      name: `batchNorm2dParameterGradient: ${name}`,
      run(harness) {
        const { gradOutput, x, mean, invStd } = inputs(shape);
        const gradWeight = new Float64Array(shape.channels);
        const gradBias = new Float64Array(shape.channels);
        const given = { gradOutput, x, mean, invStd, gradWeight, gradBias };
        harness.check(batchNorm2dParameterGradient, given, shape, SUMS);
      },
    },
    {
      name: `batchNorm2dInputGradient: ${name}`,
      run(harness) {
        const { gradOutput, x, mean, invStd, weight } = inputs(shape);
        const given = { gradOutput, x, mean, invStd };
        const { gradBias, gradWeight } = runReference(
          batchNorm2dParameterGradient,
          {
            ...given,
            gradWeight: new Float64Array(shape.channels),
            gradBias: new Float64Array(shape.channels),
          },
          shape,
        );
        harness.check(
          batchNorm2dInputGradient,
          {
            ...given,
            weight,
            gradWeight: rounded(gradWeight),
            gradBias: rounded(gradBias),
            gradX: new Float64Array(x.length),
          },
          shape,
          TOLERANCE,
        );
      },
    },
    {
      name: `batchNorm2dRelu: ${name}`,
      run(harness) {
        const { x, mean, invStd, weight, bias } = inputs(shape);
        const output = new Float64Array(x.length);
        const operands = { x, mean, invStd, weight, bias, output };
        harness.check(batchNorm2dRelu, operands, shape, TOLERANCE);
      },
    },
    ...[true, false].map((wantsX): KernelCase => ({
      name: `batchNorm2dReluGradient, ${wantsX ? "" : "not "}of x: ${name}`,
      run(harness) {
        const { bias, gradOutput, ...given } = inputs(shape);
        const { output } = runReference(
          batchNorm2dRelu,
          { ...given, bias, output: new Float64Array(gradOutput.length) },
          shape,
        );
        const operands = {
          ...given,
          gradOutput,
          output: rounded(output),
          gradWeight: new Float64Array(shape.channels),
          gradBias: new Float64Array(shape.channels),
          gradX: wantsX ? new Float64Array(gradOutput.length) : null,
        };
        harness.check(batchNorm2dReluGradient, operands, shape, SUMS);
      },
    })),
    {
      name: `batchNorm2dEvalInputGradient: ${name}`,
      run(harness) {
        const { gradOutput, invStd, weight } = inputs(shape);
        const gradX = new Float64Array(gradOutput.length);
        const operands = { gradOutput, invStd, weight, gradX };
        harness.check(batchNorm2dEvalInputGradient, operands, shape, TOLERANCE);
      },
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
      statistics(harness, shape, random(length(shape), 1), TOLERANCE, null);
    },
  },
];

function statistics(
  harness: KernelHarness,
  shape: BatchNorm2dShape,
  x: Float64Array,
  tolerance: { atol: number; rtol: number },
  numBatchesTracked: Int32Array | null = Int32Array.of(41),
): void {
  const { channels } = shape;
  harness.check(
    batchNorm2dStatistics,
    {
      x,
      runningMean: random(channels, 3),
      runningVar: random(channels, 4).map(Math.abs),
      numBatchesTracked,
      mean: new Float64Array(channels),
      invStd: new Float64Array(channels),
    },
    { ...shape, momentum: 0.1 },
    tolerance,
  );
}

/** A batch around 3, its own statistics in f32, and parameters. */
function inputs(shape: BatchNorm2dShape) {
  const { channels } = shape;
  const zeros = () => new Float64Array(channels);
  const x = rounded(random(length(shape), 6).map((value) => value + 3));
  const { invStd, mean } = runReference(batchNorm2dStatistics, {
    x,
    runningMean: zeros(),
    runningVar: zeros(),
    numBatchesTracked: null,
    mean: zeros(),
    invStd: zeros(),
  }, { ...shape, momentum: 0 });
  return {
    gradOutput: random(length(shape), 7),
    x,
    mean: rounded(mean),
    invStd: rounded(invStd),
    weight: random(channels, 8),
    bias: random(channels, 9),
  };
}

function length(shape: BatchNorm2dShape): number {
  return shape.batch * shape.channels * shape.area;
}
