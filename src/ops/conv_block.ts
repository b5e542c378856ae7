import {
  convBlockEvalForward,
  convBlockForward,
  convBlockGradient,
  type ConvBlockShape,
} from "../../kernels/conv_block/conv_block.ts";
import { describe } from "../base/errors.ts";
import { currentScope } from "../core/scope.ts";
import { record, Tape } from "../core/tape.ts";
import { type Images, type Shape, Tensor } from "../core/tensor.ts";
import { checkDType, checkShape, type Pair } from "./check.ts";
import { pool2dShape } from "./_pool2d.ts";
import {
  type BatchNormOptions,
  checkBatchNorm,
  checkEnough,
  isWholeBatchNorm,
  type WholeBatchNormOptions,
} from "./batch_norm.ts";
import { batchNorm2d, batchNorm2dRelu } from "./batch_norm2d.ts";
import { conv2d, type Conv2dOptions, conv2dShape } from "./conv2d.ts";
import { maxPool2d, type MaxPool2dOptions } from "./max_pool2d.ts";
import { relu } from "./relu.ts";

/**
 * The stages of a {@linkcode convBlock}, in this order; any two or more of them.
 */
export interface ConvBlockOptions {
  /** The convolution: weight `[Cout, Cin, Kh, Kw]`, bias `[Cout]` or null. */
  convolution?: Conv2dOptions & { weight: Tensor; bias: Tensor | null };
  /** The batch normalisation. */
  normalisation?: BatchNormOptions;
  /** The name of the activation. */
  activation?: "relu";
  /** The max pooling. */
  pooling?: MaxPool2dOptions & { kernelSize: Pair };
}

/** A block with all of its stages, for which there are fused kernels. */
type WholeBlock = Required<ConvBlockOptions> & {
  normalisation: WholeBatchNormOptions;
};

/** The names of the stages, in their order. */
export const convBlockStages = [
  "convolution",
  "normalisation",
  "activation",
  "pooling",
] as const satisfies readonly (keyof ConvBlockOptions)[];

const activations = { relu };

/**
 * Convolution, batch normalisation, activation and max pooling in one, or any
 * two or more of them: the same as the operations one after another, but for
 * rounding. All four run fused, with fewer passes over memory, and so do
 * normalisation and activation; other parts run one after another. `Sequential` calls it where its layers follow each other so.
 *
 * @param x `[N, Cin, H, W]`.
 * @param options What each of the stages takes.
 * @returns `[N, Cout, Hout, Wout]`, as the last stage has it.
 * @throws {ShapeError} If the shapes do not fit each other.
 * @throws {TypeError} If there are fewer than two stages.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor } from "@x/mnist-cnn";
 * import { convBlock } from "@x/mnist-cnn/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, -3, 4], [1, 1, 2, 2]);
 * using weight = Tensor.from(device, [2], [1, 1, 1, 1]);
 * using y = convBlock(x, {
 *   convolution: { weight, bias: null },
 *   activation: "relu",
 *   pooling: { kernelSize: [2, 1] },
 * });
 * assertEquals(await y.data(), new Float32Array([2, 8]));
 * ```
 */
export function convBlock(
  x: Tensor,
  options: ConvBlockOptions,
): Tensor<Images> {
  const stages = convBlockStages.filter((name) => options[name] !== undefined);
  if (stages.length < 2) throw tooFewStages(stages);
  if (!isWhole(options)) return separateBlock(x, options);
  const shape = convBlockShape(x, options);
  if (options.normalisation.training) return trainingBlock(x, options, shape);
  // Gradients with the running statistics are rare: no kernel is made for them.
  if (currentScope() instanceof Tape && needsGradient(x, options)) {
    return separateBlock(x, options);
  }
  return evaluationBlock(x, options, shape);
}

function needsGradient(
  x: Tensor,
  { convolution, normalisation }: WholeBlock,
): boolean {
  const { bias, weight } = convolution;
  const inputs = [x, weight, bias, normalisation.weight, normalisation.bias];
  return inputs.some((input) => input?.needsGradient);
}

function isWhole(options: ConvBlockOptions): options is WholeBlock {
  return convBlockStages.every((name) => options[name] !== undefined) &&
    isWholeBatchNorm(options.normalisation!);
}

function trainingBlock(
  x: Tensor,
  { convolution, normalisation }: WholeBlock,
  shape: ConvBlockShape,
): Tensor<Images> {
  const { device } = x;
  const { outChannels, outHeight, outWidth, batch } = shape.convolution;
  const { bias, weight } = convolution;
  const { weight: scale, bias: shift } = normalisation;
  checkEnough("batchNorm2d", [batch, outChannels, outHeight, outWidth]);
  const channels = () => Tensor.empty(device, [outChannels]);
  const activation = <S extends Shape>(shape: S) =>
    Tensor.empty(device, shape, "f32", "activation");
  const output = activation(outputSize(shape));
  const operands = {
    x,
    weight,
    bias,
    scale,
    shift,
    runningMean: normalisation.runningMean,
    runningVar: normalisation.runningVar,
    numBatchesTracked: normalisation.numBatchesTracked ?? null,
    convolved: activation([batch, outChannels, outHeight, outWidth]),
    mean: channels(),
    invStd: channels(),
    output,
    picked: Tensor.empty(device, outputSize(shape), "i32"),
  };
  const { momentum = 0.1 } = normalisation;
  device.run(convBlockForward, operands, { ...shape, momentum });
  const inputs = [x, weight, bias, scale, shift];
  return record(output, inputs, (gradOutput, gradients) => {
    const [gradX, gradWeight, gradBias, gradScale, gradShift] = gradients;
    const wanted = {
      gradOutput,
      gradX,
      gradWeight,
      gradBias,
      gradScale: gradScale ?? channels(),
      gradShift: gradShift ?? channels(),
    };
    device.run(convBlockGradient, { ...operands, ...wanted }, shape);
  });
}

function evaluationBlock(
  x: Tensor,
  { convolution, normalisation }: WholeBlock,
  shape: ConvBlockShape,
): Tensor<Images> {
  const size = outputSize(shape);
  const output = Tensor.empty(x.device, size, "f32", "activation");
  const operands = {
    x,
    weight: convolution.weight,
    bias: convolution.bias,
    scale: normalisation.weight,
    shift: normalisation.bias,
    runningMean: normalisation.runningMean,
    runningVar: normalisation.runningVar,
    output,
  };
  x.device.run(convBlockEvalForward, operands, shape);
  return output;
}

/** The same by the operations of the stages, one after another. */
function separateBlock(
  x: Tensor,
  { activation, convolution, normalisation, pooling }: ConvBlockOptions,
): Tensor<Images> {
  let y = x;
  if (convolution !== undefined) {
    const { bias, weight, ...options } = convolution;
    y = conv2d(y, weight, bias, options);
  }
  if (normalisation !== undefined && activation === "relu") {
    y = batchNorm2dRelu(y, normalisation);
  } else {
    if (normalisation !== undefined) y = batchNorm2d(y, normalisation);
    if (activation !== undefined) y = activations[activation](y);
  }
  if (pooling !== undefined) {
    const { kernelSize, ...window } = pooling;
    y = maxPool2d(y, kernelSize, window);
  }
  // At least one stage that is no activation has checked it.
  return y as Tensor<Images>;
}

function tooFewStages(stages: readonly string[]): TypeError {
  return new TypeError(describe({
    what: "convBlock: stages",
    expected: `at least two of ${convBlockStages.join(", ")}`,
    got: stages.length === 0 ? "none" : stages[0],
    help: "Call the operation itself.",
  }));
}

/** The shape rule: those of the parts, each from the output of the one before. */
function convBlockShape(
  x: Tensor,
  { convolution, normalisation, pooling }: WholeBlock,
): ConvBlockShape {
  const { bias, weight } = convolution;
  checkDType("conv2d", "input", x);
  const conv = conv2dShape(x.shape, weight.shape, convolution);
  const { batch, outChannels, outHeight, outWidth } = conv;
  if (bias !== null) {
    const beside = ["weight", weight.shape] as const;
    checkShape("conv2d", "bias", bias.shape, [outChannels], beside);
  }
  const { eps = 1e-5 } = normalisation;
  const between = [batch, outChannels, outHeight, outWidth];
  checkBatchNorm("batchNorm2d", between, normalisation);
  const pool = pool2dShape("maxPool2d", between, pooling.kernelSize, pooling);
  return { convolution: conv, pooling: pool, eps };
}

function outputSize({ pooling }: ConvBlockShape): Images {
  const { batch, channels, outHeight, outWidth } = pooling;
  return [batch, channels, outHeight, outWidth];
}
