import {
  batchNorm2dInputGradient,
  batchNorm2dInvStd,
  batchNorm2dNormalise,
  batchNorm2dParameterGradient,
  batchNorm2dStatistics,
} from "../batch_norm2d/batch_norm2d.ts";
import { conv2dBiasGradient, conv2dForward } from "../conv2d/conv2d.ts";
import { conv2dCost } from "../conv2d/shape.ts";
import {
  type AnyKernelCall,
  call,
  kernel,
  type OperandsOf,
  Scratch,
} from "../kernel.ts";
import {
  maxPool2dForward,
  maxPool2dGradient,
} from "../max_pool2d/max_pool2d.ts";
import { reluKernels } from "../relu/relu.ts";
import { convolutionGradients } from "../conv2d/gradients.ts";
import {
  convBlockEvalOperands,
  convBlockForwardOperands,
  convBlockGradientOperands,
  type ConvBlockShape,
  type ConvBlockTraining,
  normalisationOf,
  sizeOf,
} from "./shape.ts";
import { evalForward } from "./evaluation.ts";
import * as wasm from "./wasm.ts";
import * as webgpu from "./webgpu.ts";

/**
 * A whole block in training: `output` is the max pooling of `max(normalised, 0)`,
 * where `normalised` is `(convolved − mean) · invStd · scale + shift`.
 *
 * `convolved` becomes the convolution of x with weight and bias, `mean` and
 * `invStd` its statistics; the running statistics move as those of
 * {@linkcode batchNorm2dStatistics}. `picked` (i32, as `output`) is for
 * {@linkcode convBlockGradient} on the same device alone: where the windows'
 * largest elements are, or what they are.
 */
export const convBlockForward = /* @__PURE__ */ kernel({
  name: "convBlockForward",
  operands: convBlockForwardOperands,
  compose(
    {
      bias,
      convolved,
      invStd,
      mean,
      numBatchesTracked,
      output,
      picked,
      runningMean,
      runningVar,
      scale,
      shift,
      weight,
      x,
    },
    shape: ConvBlockTraining,
  ) {
    const { convolution, momentum } = shape;
    const statistics = { runningMean, runningVar, numBatchesTracked };
    return [
      call(conv2dForward, { x, weight, bias, output: convolved }, convolution),
      call(
        batchNorm2dStatistics,
        { x: convolved, ...statistics, mean, invStd },
        { ...normalisationOf(shape), momentum },
      ),
      ...finish(
        { convolved, mean, invStd, scale, shift, output, picked },
        shape,
      ),
    ];
  },
  webgpu: webgpu.forward,
  wasm: wasm.forward,
  cost: ({ convolution }) => conv2dCost(convolution),
});

/** A whole block in evaluation: it normalises with the running statistics. */
export const convBlockEvalForward = /* @__PURE__ */ kernel({
  name: "convBlockEvalForward",
  operands: convBlockEvalOperands,
  compose(
    { bias, output, runningMean, runningVar, scale, shift, weight, x },
    shape: ConvBlockShape,
  ) {
    const norm = normalisationOf(shape);
    const convolved = new Scratch(sizeOf(norm));
    const invStd = new Scratch(norm.channels);
    const picked = new Scratch(output.buffer.length, "i32");
    return [
      call(
        conv2dForward,
        { x, weight, bias, output: convolved },
        shape.convolution,
      ),
      call(batchNorm2dInvStd, { variance: runningVar, invStd }, norm),
      ...finish(
        { convolved, mean: runningMean, invStd, scale, shift, output, picked },
        shape,
      ),
    ];
  },
  webgpu: webgpu.evalForward,
  wasm: evalForward,
  cost: ({ convolution }) => conv2dCost(convolution),
});

/**
 * The gradients of {@linkcode convBlockForward}, from what that wrote. The
 * gradient with respect to the bias is 0 but for rounding, since the
 * normalisation takes the mean away: an implementation may write 0.
 */
export const convBlockGradient = /* @__PURE__ */ kernel({
  name: "convBlockGradient",
  operands: convBlockGradientOperands,
  compose(
    {
      convolved,
      gradBias,
      gradOutput,
      gradScale,
      gradShift,
      gradWeight,
      gradX,
      invStd,
      mean,
      output,
      picked,
      scale,
      weight,
      x,
    },
    shape: ConvBlockShape,
  ) {
    const { convolution, pooling } = shape;
    const norm = normalisationOf(shape);
    // The pooling has picked elements of the ReLU's output, so that the ReLU's
    // gradient can be taken on these few.
    const gradPicked = new Scratch(gradOutput.buffer.length);
    const gradNormalised = new Scratch(sizeOf(norm));
    const gradConvolved = new Scratch(sizeOf(norm));
    const given = {
      gradOutput: gradNormalised,
      x: convolved,
      mean,
      invStd,
      gradWeight: gradScale,
      gradBias: gradShift,
    };
    const steps: AnyKernelCall[] = [
      call(reluKernels.gradient, {
        gradOutput,
        x: null,
        output,
        gradX: gradPicked,
      }),
      call(
        maxPool2dGradient,
        { gradOutput: gradPicked, indices: picked, gradX: gradNormalised },
        pooling,
      ),
      call(batchNorm2dParameterGradient, given, norm),
    ];
    const isFrozen = gradX === null && gradWeight === null &&
      gradBias === null;
    if (isFrozen) return steps;
    steps.push(
      call(
        batchNorm2dInputGradient,
        { ...given, weight: scale, gradX: gradConvolved },
        norm,
      ),
      ...convolutionGradients(
        { gradOutput: gradConvolved, x, weight, gradX, gradWeight },
        convolution,
      ),
      ...gradBias === null ? [] : [
        call(
          conv2dBiasGradient,
          { gradOutput: gradConvolved, gradBias },
          convolution,
        ),
      ],
    );
    return steps;
  },
  webgpu: webgpu.gradient,
  wasm: wasm.gradient,
});

export type { ConvBlockShape, ConvBlockTraining } from "./shape.ts";

/** From the convolution's output to the one of the block. */
function finish(
  { convolved, invStd, mean, output, picked, scale, shift }: Pick<
    OperandsOf<typeof convBlockForwardOperands>,
    "convolved" | "invStd" | "mean" | "output" | "picked" | "scale" | "shift"
  >,
  shape: ConvBlockShape,
): AnyKernelCall[] {
  const norm = normalisationOf(shape);
  const normalised = new Scratch(sizeOf(norm));
  const rectified = new Scratch(sizeOf(norm));
  return [
    call(batchNorm2dNormalise, {
      x: convolved,
      mean,
      invStd,
      weight: scale,
      bias: shift,
      output: normalised,
    }, norm),
    call(reluKernels.forward, { x: normalised, output: rectified }),
    call(
      maxPool2dForward,
      { x: rectified, output, indices: picked },
      shape.pooling,
    ),
  ];
}
