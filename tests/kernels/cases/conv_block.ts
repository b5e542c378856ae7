import type { ConvBlockShape } from "../../../kernels/shapes.ts";
import type { Operand } from "../../../src/devices/device.ts";
import * as reference from "../../reference.ts";
import {
  batchNorm2dEval,
  batchNorm2dTrain,
  batchStatistics,
  conv2d,
  maxPool2d,
} from "../../reference/_operations.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

const { conv2dShape, pool2dShape } = reference;

/** Worst measured: 2.3e-5 absolute, of values up to 27. */
const TOLERANCE = { atol: 1e-4, rtol: 1e-4 };
/** Share of the largest gradient. Worst measured: 1e-6. */
const GRADIENT_SHARE = 1e-4;

const MOMENTUM = 0.25;

/** A block of a convolution, and a 2 × 2 pooling unless said otherwise. */
function block(
  convolution: ConvBlockShape["convolution"],
  pooling: Parameters<typeof pool2dShape>[3] = {
    kernel: [2, 2],
    stride: [2, 2],
  },
): ConvBlockShape {
  const { batch, outChannels, outHeight, outWidth } = convolution;
  return {
    convolution,
    pooling: pool2dShape(batch, outChannels, [outHeight, outWidth], pooling),
    eps: 1e-5,
  };
}

/** The case whose pixels are few numbers: windows have several largest. */
const EQUALS = "equal elements in a window";

const SHAPES: Record<string, ConvBlockShape> = {
  "first layer": block(conv2dShape(3, 1, 16, [28, 28], {
    kernel: [5, 5],
    padding: [2, 2],
  })),
  "second layer": block(conv2dShape(5, 16, 32, [14, 14], {
    kernel: [5, 5],
    padding: [2, 2],
  })),
  "batch 1, odd sizes, rows and columns left over": block(
    conv2dShape(1, 3, 5, [9, 11], { kernel: [5, 5], padding: [2, 2] }),
  ),
  "other channels, 3×3 kernel": block(
    conv2dShape(2, 6, 7, [8, 10], { kernel: [3, 3], padding: [1, 1] }),
  ),
  "stride and dilation, 3×2 pooling": block(
    conv2dShape(2, 2, 4, [15, 17], {
      kernel: [3, 2],
      stride: [1, 2],
      padding: [2, 1],
      dilation: [2, 1],
    }),
    { kernel: [3, 2], stride: [2, 1], padding: [1, 1] },
  ),
  [EQUALS]: block(conv2dShape(3, 2, 4, [8, 12], { kernel: [1, 1] })),
  "8 channels to 24, tiles left over, no padding along one axis": block(
    conv2dShape(3, 8, 24, [15, 10], { kernel: [5, 5], padding: [4, 0] }),
  ),
  "37 channels": block(
    conv2dShape(3, 2, 37, [12, 10], { kernel: [3, 3], padding: [1, 1] }),
  ),
  "33 images": block(
    conv2dShape(33, 4, 8, [14, 14], { kernel: [5, 5], padding: [2, 2] }),
  ),
};

/** The kernels of the whole block on every shape. */
export const convBlockCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]) => [
    {
      name: `convBlockForward: ${name}`,
      run: (harness: KernelHarness) => void forward(harness, shape, true),
    },
    {
      name: `convBlockForward without bias: ${name}`,
      run: (harness: KernelHarness) => void forward(harness, shape, false),
    },
    {
      name: `convBlockEvalForward: ${name}`,
      run: (harness: KernelHarness) => evalForward(harness, shape),
    },
    {
      name: `convBlockGradient: ${name}`,
      run: (harness: KernelHarness) => gradient(harness, shape, true),
    },
    {
      name: `convBlockGradient by the parameters alone: ${name}`,
      run: (harness: KernelHarness) => gradient(harness, shape, false),
    },
  ]);

/** The arguments of a block, as f32 holds them. */
function argumentsOf({ convolution }: ConvBlockShape, withBias: boolean) {
  const { batch, inChannels, inHeight, inWidth, outChannels } = convolution;
  const { kernelHeight, kernelWidth } = convolution;
  const positive = (seed: number) =>
    random(outChannels, seed).map((value) => Math.fround(value + 1.5));
  const pixels = random(batch * inChannels * inHeight * inWidth, 11);
  const few = kernelHeight * kernelWidth === 1;
  return {
    x: few ? pixels.map(Math.round) : pixels,
    weight: random(outChannels * inChannels * kernelHeight * kernelWidth, 12),
    bias: withBias ? random(outChannels, 13) : null,
    // Some of the factors are negative: the largest is then the smallest.
    scale: random(outChannels, 14),
    shift: random(outChannels, 15),
    runningMean: random(outChannels, 16),
    runningVariance: positive(17),
  };
}

type Arguments = ReturnType<typeof argumentsOf>;

/** The same as operands. */
function operandsOf(harness: KernelHarness, given: Arguments) {
  return {
    x: harness.f32(given.x),
    weight: harness.f32(given.weight),
    bias: given.bias && harness.f32(given.bias),
    scale: harness.f32(given.scale),
    shift: harness.f32(given.shift),
    runningMean: harness.f32(given.runningMean),
    runningVariance: harness.f32(given.runningVariance),
  };
}

/** The convolution in f64. */
function convolve(
  { bias, weight, x }: Arguments,
  { convolution }: ConvBlockShape,
): Float64Array {
  const { forward } = conv2d(convolution);
  return forward(bias === null ? { x, weight } : { x, weight, bias });
}

/** The block in f64, in training. */
function expectedForward(given: Arguments, shape: ConvBlockShape) {
  const norm = normalisation(shape);
  const convolved = convolve(given, shape);
  const statistics = batchStatistics(
    convolved,
    norm,
    given.runningMean,
    given.runningVariance,
    MOMENTUM,
  );
  const rectified = reference.reluForward(
    batchNorm2dTrain(norm).forward({
      x: convolved,
      weight: given.scale,
      bias: given.shift,
    }),
  );
  const pooled = maxPool2d(shape.pooling).forward({ x: rectified });
  return { convolved, pooled, rectified, statistics };
}

function forward(
  harness: KernelHarness,
  shape: ConvBlockShape,
  withBias: boolean,
) {
  const given = argumentsOf(shape, withBias);
  const expected = expectedForward(given, shape);
  const { pooled, statistics } = expected;
  const { outChannels } = shape.convolution;
  const operands = {
    ...operandsOf(harness, given),
    // Beside the bias, no counter either.
    batches: withBias ? harness.i32([41]) : null,
    convolved: harness.output(expected.convolved.length),
    mean: harness.output(outChannels),
    inverseDeviation: harness.output(outChannels),
    output: harness.output(pooled.length),
    indices: harness.i32Output(pooled.length),
  };
  harness.kernels.convBlockForward(operands, shape, MOMENTUM);
  const close = (operand: Operand, values: Float64Array, name: string) =>
    harness.expectClose(operand, values, TOLERANCE, name);
  const { invStd, mean, runningMean, runningVar } = statistics;
  close(operands.convolved, expected.convolved, "convolved");
  close(operands.mean, mean, "mean");
  close(operands.runningMean, runningMean, "runningMean");
  close(operands.runningVariance, runningVar, "runningVariance");
  close(operands.inverseDeviation, invStd, "inverseDeviation");
  close(operands.output, pooled, "output");
  if (operands.batches) harness.expectEqual(operands.batches, [42], "batches");
  harness.expectAnything(operands.indices);
  return { ...expected, given, operands };
}

function evalForward(harness: KernelHarness, shape: ConvBlockShape): void {
  const given = argumentsOf(shape, true);
  const norm = normalisation(shape);
  const { runningMean, runningVariance } = given;
  const normalised = batchNorm2dEval(norm, runningMean, runningVariance)
    .forward({
      x: convolve(given, shape),
      weight: given.scale,
      bias: given.shift,
    });
  const rectified = reference.reluForward(normalised);
  const expected = maxPool2d(shape.pooling).forward({ x: rectified });
  const output = harness.output(expected.length);
  const operands = { ...operandsOf(harness, given), output };
  harness.kernels.convBlockEvalForward(operands, shape);
  harness.expectClose(output, expected, TOLERANCE);
}

function gradient(
  harness: KernelHarness,
  shape: ConvBlockShape,
  byX: boolean,
): void {
  const made = forward(harness, shape, true);
  const { operands } = made;
  const gradOutput = random(made.pooled.length, 21);
  const expected = expectedGradient(made, gradOutput, shape);
  const { outChannels } = shape.convolution;
  const gradX = byX ? harness.output(expected.gradX.length) : null;
  const gradWeight = harness.output(expected.gradWeight.length);
  const gradBias = harness.output(outChannels);
  const gradScale = harness.output(outChannels);
  const gradShift = harness.output(outChannels);
  const wanted = {
    gradOutput: harness.f32(gradOutput),
    gradX,
    gradWeight,
    gradBias: byX ? gradBias : null,
    gradScale,
    gradShift,
  };
  harness.kernels.convBlockGradient({ ...operands, ...wanted }, shape);
  const close = (operand: Operand, values: Float64Array, name: string) => {
    const atol = GRADIENT_SHARE * Math.max(...values.map(Math.abs));
    harness.expectClose(operand, values, { atol, rtol: 0 }, name);
  };
  if (gradX !== null) close(gradX, expected.gradX, "gradX");
  close(gradWeight, expected.gradWeight, "gradWeight");
  close(gradScale, expected.gradScale, "gradScale");
  close(gradShift, expected.gradShift, "gradShift");
  if (!byX) return;
  // The sum of numbers that cancel out: nothing but their rounding is left.
  const zeros = new Float64Array(outChannels);
  harness.expectClose(gradBias, zeros, { atol: 1e-3, rtol: 0 }, "gradBias");
}

/** The way back in f64. */
function expectedGradient(
  { convolved, given, rectified }: ReturnType<typeof forward>,
  gradOutput: Float64Array,
  shape: ConvBlockShape,
) {
  const norm = normalisation(shape);
  const gradNormalised = reference.reluGradient(
    maxPool2d(shape.pooling).backward(gradOutput, { x: rectified }).x,
    rectified,
  );
  const {
    bias: gradShift,
    weight: gradScale,
    x: gradConvolved,
  } = batchNorm2dTrain(norm).backward(gradNormalised, {
    x: convolved,
    weight: given.scale,
  });
  const { weight, x } = given;
  const { x: gradX, weight: gradWeight } = conv2d(shape.convolution)
    .backward(gradConvolved, { x, weight });
  return { gradScale, gradShift, gradX, gradWeight };
}

function normalisation({ convolution, eps }: ConvBlockShape) {
  const { batch, outChannels, outHeight, outWidth } = convolution;
  return { batch, channels: outChannels, area: outHeight * outWidth, eps };
}
