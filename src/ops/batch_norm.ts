import {
  batchNorm2dEvalInputGradient,
  batchNorm2dInputGradient,
  batchNorm2dInvStd,
  batchNorm2dNormalise,
  batchNorm2dParameterGradient,
  type BatchNorm2dShape,
  batchNorm2dStatistics,
} from "../../kernels/batch_norm2d/batch_norm2d.ts";
import {
  batchNorm2dRelu,
  batchNorm2dReluGradient,
} from "../../kernels/batch_norm2d/rectified.ts";
import { cumulativeAverage } from "../../kernels/cumulative_average/cumulative_average.ts";
import { fill } from "../../kernels/fill/fill.ts";
import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { currentScope } from "../core/scope.ts";
import { record, Tape } from "../core/tape.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import { constantOf } from "./_constant.ts";
import { checkDType, checkShape, shapeError, text } from "./check.ts";
import { relu } from "./relu.ts";

/** Operands of a batch normalisation; tensors are `[C]` but for one. */
export interface BatchNormOptions {
  /** Factor of each channel: γ. Default: none. */
  weight?: Tensor | null;
  /** Summand of each channel: β. Default: none. */
  bias?: Tensor | null;
  /** Mean over the past batches; training moves it. Default: none. */
  runningMean?: Tensor | null;
  /** Unbiased variance over the past batches; training moves it. Default: none. */
  runningVar?: Tensor | null;
  /** Batches seen in training, i32 `[1]`; training counts one more. */
  numBatchesTracked?: Tensor<Shape, "i32"> | null;
  /** Whether to normalise with the batch's own statistics. */
  training: boolean;
  /**
   * Share of the newest batch in the running statistics; null makes them the
   * average of all batches. Default 0.1.
   */
  momentum?: number | null;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

/** Options with all that {@linkcode BatchNormOptions} may leave out. */
export type WholeBatchNormOptions = BatchNormOptions & {
  weight: Tensor;
  bias: Tensor;
  runningMean: Tensor;
  runningVar: Tensor;
  momentum?: number;
};

/** Whether nothing is left out. */
export function isWholeBatchNorm(
  options: BatchNormOptions,
): options is WholeBatchNormOptions {
  const { bias, momentum, runningMean, runningVar, weight } = options;
  return momentum !== null &&
    [bias, runningMean, runningVar, weight].every((tensor) => tensor);
}

/** The operation for errors, and x as it sees it: `[batch, channels, area]`. */
interface BatchNormInput {
  readonly name: string;
  readonly batch: number;
  readonly channels: number;
  readonly area: number;
}

/** Operands common to training and evaluation. */
interface Normalisation<S extends Shape> {
  readonly x: Tensor<S>;
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** The operands that may need a gradient. */
  readonly inputs: readonly [Tensor<S>, Tensor | null, Tensor | null];
  readonly shape: BatchNorm2dShape;
}

/**
 * Batch normalisation of x, which is seen as `[batch, channels, area]`.
 *
 * @param rectifies Whether a ReLU follows, in the same passes over memory.
 */
export function batchNorm<S extends Shape>(
  x: Tensor<S>,
  { name, ...size }: BatchNormInput,
  options: BatchNormOptions,
  rectifies = false,
): Tensor<S> {
  checkDType(name, "input", x);
  checkOptions(name, options, [
    "weight",
    "bias",
    "runningMean",
    "runningVar",
    "numBatchesTracked",
    "training",
    "momentum",
    "eps",
  ], ["training"]);
  checkBatchNorm(name, x.shape, options);
  const { bias = null, eps = 1e-5, training, weight = null } = options;
  const constant = (value: number) =>
    constantOf(x.device, new Float32Array(size.channels).fill(value));
  const normalisation = {
    x,
    weight: weight ?? constant(1),
    bias: bias ?? constant(0),
    inputs: [x, weight, bias] as const,
    shape: { ...size, eps },
  };
  if (!training) {
    return normaliseByRunning(name, normalisation, options, rectifies);
  }
  checkEnough(name, x.shape);
  return normaliseByBatch(normalisation, options, rectifies);
}

function normaliseByBatch<S extends Shape>(
  { bias, inputs, shape, weight, x }: Normalisation<S>,
  options: BatchNormOptions,
  rectifies: boolean,
): Tensor<S> {
  const { device } = x;
  const channel = () => Tensor.empty(device, [shape.channels]);
  const mean = channel(), invStd = channel();
  takeStatistics(x, { mean, invStd }, shape, options);
  const output = Tensor.empty<S>(device, x.shape);
  const operands = { x, mean, invStd, weight, bias, output };
  device.run(
    rectifies ? batchNorm2dRelu : batchNorm2dNormalise,
    operands,
    shape,
  );
  return record(output, inputs, (gradOutput, gradients) => {
    const gradX = gradients[0];
    const gradWeight = gradients[1] ?? channel();
    const gradBias = gradients[2] ?? channel();
    const given = { gradOutput, x, mean, invStd, gradWeight, gradBias };
    if (rectifies) {
      const operands = { ...given, output, weight, gradX };
      return device.run(batchNorm2dReluGradient, operands, shape);
    }
    device.run(batchNorm2dParameterGradient, given, shape);
    if (gradX === null) return;
    device.run(batchNorm2dInputGradient, { ...given, weight, gradX }, shape);
  });
}

/** Mean and 1 / σ of the batch; moves what running statistics there are. */
function takeStatistics(
  x: Tensor,
  made: { mean: Tensor; invStd: Tensor },
  shape: BatchNorm2dShape,
  options: BatchNormOptions,
): void {
  const { device } = x;
  const { momentum = 0.1, runningMean, runningVar } = options;
  const numBatchesTracked = options.numBatchesTracked ?? null;
  const run = (runningMean: Tensor, runningVar: Tensor, momentum: number) => {
    const running = { runningMean, runningVar, numBatchesTracked };
    const operands = { x, ...made, ...running };
    device.run(batchNorm2dStatistics, operands, { ...shape, momentum });
  };
  const own = () => Tensor.empty(device, [shape.channels]);
  if (!runningMean || !runningVar) return run(own(), own(), 1);
  if (momentum !== null) return run(runningMean, runningVar, momentum);
  // From 0, at momentum 1, these become the batch's own.
  const ownMean = own(), ownVar = own();
  device.run(fill, { output: ownMean }, 0);
  device.run(fill, { output: ownVar }, 0);
  run(ownMean, ownVar, 1);
  const count = numBatchesTracked!;
  const mean = { value: ownMean, count, average: runningMean };
  device.run(cumulativeAverage, mean);
  const variance = { value: ownVar, count, average: runningVar };
  device.run(cumulativeAverage, variance);
}

function normaliseByRunning<S extends Shape>(
  name: string,
  { bias, inputs, shape, weight, x }: Normalisation<S>,
  { runningMean, runningVar }: BatchNormOptions,
  rectifies: boolean,
): Tensor<S> {
  if (!runningMean || !runningVar) throw noStatistics(name);
  const { device } = x;
  const channel = () => Tensor.empty(device, [shape.channels]);
  const mean = runningMean;
  const invStd = channel();
  device.run(batchNorm2dInvStd, { variance: runningVar, invStd }, shape);
  const output = Tensor.empty<S>(device, x.shape);
  const operands = { x, mean, invStd, weight, bias, output };
  const isRecorded = currentScope() instanceof Tape &&
    inputs.some((input) => input?.needsGradient);
  if (rectifies && !isRecorded) {
    device.run(batchNorm2dRelu, operands, shape);
    return output;
  }
  device.run(batchNorm2dNormalise, operands, shape);
  record(output, inputs, (gradOutput, gradients) => {
    const [gradX, gradWeight, gradBias] = gradients;
    if (gradWeight !== null || gradBias !== null) {
      device.run(batchNorm2dParameterGradient, {
        gradOutput,
        x,
        mean,
        invStd,
        gradWeight: gradWeight ?? channel(),
        gradBias: gradBias ?? channel(),
      }, shape);
    }
    if (gradX === null) return;
    const given = { gradOutput, invStd, weight, gradX };
    device.run(batchNorm2dEvalInputGradient, given, shape);
  });
  return rectifies ? relu(output) : output;
}

/** Throws unless all tensors are of the channels, and what belongs together is there. */
export function checkBatchNorm(
  name: string,
  input: Shape,
  options: BatchNormOptions,
): void {
  const { numBatchesTracked, runningMean, runningVar } = options;
  for (const key of ["weight", "bias", "runningMean", "runningVar"] as const) {
    const tensor = options[key];
    if (tensor) {
      checkShape(name, key, tensor.shape, [input[1]], ["input", input]);
    }
  }
  if (numBatchesTracked) {
    const { shape } = numBatchesTracked;
    checkDType(name, "numBatchesTracked", numBatchesTracked, "i32");
    checkShape(name, "numBatchesTracked", shape, [1]);
  }
  if (!runningMean !== !runningVar) throw noStatistics(name);
  if (options.momentum !== null || !runningMean || numBatchesTracked) return;
  throw new TypeError(describe({
    what: `${name}: momentum`,
    expected: "numBatchesTracked beside a momentum of null",
    got: "none",
    help: "The average of all batches needs their number.",
  }));
}

/**
 * Throws unless a channel has two values: the unbiased variance divides by one
 * less.
 */
export function checkEnough(name: string, shape: Shape): void {
  const [, channels] = shape;
  if (elementsOf(shape) > channels) return;
  throw shapeError(
    `${name} in training`,
    "more than one value per channel",
    `an input of ${text(shape)}`,
    "Use a larger batch, or model.eval().",
  );
}

function noStatistics(name: string): TypeError {
  return new TypeError(describe({
    what: `${name}: runningMean and runningVar`,
    expected: "both, or none and training: true",
    got: "not both",
    help: "Without running statistics use the batch's.",
  }));
}
