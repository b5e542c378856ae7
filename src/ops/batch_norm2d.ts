import {
  batchNorm2dEvalInputGradient,
  batchNorm2dInputGradient,
  batchNorm2dInvStd,
  batchNorm2dNormalise,
  batchNorm2dParameterGradient,
  type BatchNorm2dShape,
  batchNorm2dStatistics,
} from "../../kernels/batch_norm2d/batch_norm2d.ts";
import { record } from "../core/tape.ts";
import { type Images, type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkRank, checkShape, shapeError } from "./check.ts";

/** Operands of {@linkcode batchNorm2d}; tensors are `[C]` but for one. */
export interface BatchNorm2dOptions {
  /** Factor of each channel: γ. */
  weight: Tensor;
  /** Summand of each channel: β. */
  bias: Tensor;
  /** Mean over the past batches; training moves it. */
  runningMean: Tensor;
  /** Unbiased variance over the past batches; training moves it. */
  runningVar: Tensor;
  /** Batches seen in training, i32 `[1]`; training counts one more. */
  numBatchesTracked?: Tensor<Shape, "i32">;
  /** Whether to normalise with the batch's own statistics. */
  training: boolean;
  /** Share of the batch in the running statistics. Default 0.1. */
  momentum?: number;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

/**
 * Batch normalisation of each channel over batch, rows and columns:
 * `(x − mean) / √(variance + eps) · weight + bias` (Ioffe and Szegedy, 2015).
 *
 * In training, mean and biased variance are the batch's, and the running
 * statistics move towards them; otherwise they are the running statistics.
 *
 * @param x `[N, C, H, W]`.
 * @param options Parameters and statistics.
 * @returns `[N, C, H, W]`.
 * @throws {ShapeError} If the shapes do not fit, or training has one value a channel.
 *
 * @example
 * ```ts
 * import { batchNorm2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using zero = Tensor.from(device, [0], [1]);
 * using one = Tensor.from(device, [1], [1]);
 * using x = Tensor.from(device, [4], [1, 1, 1, 1]);
 * using y = batchNorm2d(x, {
 *   weight: one,
 *   bias: zero,
 *   runningMean: one,
 *   runningVar: one,
 *   training: false,
 * });
 * assertAlmostEquals(await y.item(), 3, 1e-4);
 * ```
 */
export function batchNorm2d(
  x: Tensor,
  options: BatchNorm2dOptions,
): Tensor<Images> {
  checkRank("batchNorm2d", "input", x.shape, ["N", "C", "H", "W"]);
  const [batch, channels, height, width] = x.shape;
  const { bias, eps = 1e-5, runningMean, runningVar, training, weight } =
    options;
  checkShape("batchNorm2d", "weight", weight.shape, [channels]);
  checkShape("batchNorm2d", "bias", bias.shape, [channels]);
  checkShape("batchNorm2d", "runningMean", runningMean.shape, [channels]);
  checkShape("batchNorm2d", "runningVar", runningVar.shape, [channels]);
  checkCounter(options);
  const area = height * width;
  const shape: BatchNorm2dShape = { batch, channels, area, eps };
  return training
    ? normaliseByBatch(x, options, shape)
    : normaliseByRunning(x, options, shape);
}

function normaliseByBatch(
  x: Tensor,
  options: BatchNorm2dOptions,
  shape: BatchNorm2dShape,
): Tensor<Images> {
  const { bias, momentum = 0.1, runningMean, runningVar, weight } = options;
  const { device } = x;
  const { channels } = shape;
  checkEnough(shape);
  const mean = Tensor.empty(device, [channels]);
  const invStd = Tensor.empty(device, [channels]);
  device.run(batchNorm2dStatistics, {
    x,
    runningMean,
    runningVar,
    numBatchesTracked: options.numBatchesTracked ?? null,
    mean,
    invStd,
  }, { ...shape, momentum });
  const output = Tensor.empty(device, x.shape as Images);
  const operands = { x, mean, invStd, weight, bias, output };
  device.run(batchNorm2dNormalise, operands, shape);
  return record(output, [x, weight, bias], (gradOutput, gradients) => {
    const gradX = gradients[0];
    const gradWeight = gradients[1] ?? Tensor.empty(device, [channels]);
    const gradBias = gradients[2] ?? Tensor.empty(device, [channels]);
    const given = { gradOutput, x, mean, invStd, gradWeight, gradBias };
    device.run(batchNorm2dParameterGradient, given, shape);
    if (gradX === null) return;
    device.run(batchNorm2dInputGradient, { ...given, weight, gradX }, shape);
  });
}

function normaliseByRunning(
  x: Tensor,
  { bias, runningMean, runningVar, weight }: BatchNorm2dOptions,
  shape: BatchNorm2dShape,
): Tensor<Images> {
  const { device } = x;
  const { channels } = shape;
  const mean = runningMean;
  const invStd = Tensor.empty(device, [channels]);
  device.run(batchNorm2dInvStd, { variance: runningVar, invStd }, shape);
  const output = Tensor.empty(device, x.shape as Images);
  const operands = { x, mean, invStd, weight, bias, output };
  device.run(batchNorm2dNormalise, operands, shape);
  return record(output, [x, weight, bias], (gradOutput, gradients) => {
    const [gradX, gradWeight, gradBias] = gradients;
    if (gradWeight !== null || gradBias !== null) {
      device.run(batchNorm2dParameterGradient, {
        gradOutput,
        x,
        mean,
        invStd,
        gradWeight: gradWeight ?? Tensor.empty(device, [channels]),
        gradBias: gradBias ?? Tensor.empty(device, [channels]),
      }, shape);
    }
    if (gradX === null) return;
    const given = { gradOutput, invStd, weight, gradX };
    device.run(batchNorm2dEvalInputGradient, given, shape);
  });
}

/** Throws unless what counts batches, if anything does, is i32 `[1]`. */
export function checkCounter({ numBatchesTracked }: BatchNorm2dOptions): void {
  if (numBatchesTracked === undefined) return;
  const { shape } = numBatchesTracked;
  checkDType("batchNorm2d", "numBatchesTracked", numBatchesTracked, "i32");
  checkShape("batchNorm2d", "numBatchesTracked", shape, [1]);
}

/** The unbiased variance divides by one less than the values of a channel. */
export function checkEnough({ area, batch }: BatchNorm2dShape): void {
  if (batch * area > 1) return;
  throw shapeError(
    "batchNorm2d in training",
    "more than one value per channel",
    "1",
    "Use a larger batch, or model.eval().",
  );
}
