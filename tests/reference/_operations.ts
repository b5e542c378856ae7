import {
  avgPool2dForward,
  avgPool2dGradient,
  type AvgPool2dShape,
} from "../../kernels/avg_pool2d/avg_pool2d.ts";
import {
  crossEntropy as crossEntropyKernel,
  type CrossEntropyShape,
} from "../../kernels/cross_entropy/cross_entropy.ts";
import { planesOf, type Pool2dShape } from "../../kernels/lib/pool2d.ts";
import {
  maxPool2dForward,
  maxPool2dGradient,
} from "../../kernels/max_pool2d/max_pool2d.ts";
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
  conv2dBiasGradient,
  conv2dForward,
  conv2dInputGradient,
  type Conv2dShape,
  conv2dWeightGradient,
} from "../../kernels/conv2d/conv2d.ts";
import {
  linearForward,
  linearGradient,
  type LinearShape,
} from "../../kernels/linear/linear.ts";
import { reluKernels } from "../../kernels/relu/relu.ts";
import { unary } from "./families.ts";
import type { Arrays, Operation } from "./operation.ts";
import { runReference } from "./run.ts";

export type { Arrays, Operation };

/** Without `bias` among the inputs there is none. */
export function conv2d(shape: Conv2dShape): Operation {
  return {
    forward({ x, weight, bias = null }) {
      const { batch, outChannels, outHeight, outWidth } = shape;
      const length = batch * outChannels * outHeight * outWidth;
      const output = new Float64Array(length);
      runReference(conv2dForward, { x, weight, bias, output }, shape);
      return output;
    },
    backward(gradOutput, { x, weight }) {
      const gradX = new Float64Array(x.length);
      const gradWeight = new Float64Array(weight.length);
      const gradBias = new Float64Array(shape.outChannels);
      const ofInput = { gradOutput, weight, bias: null, gradX };
      runReference(conv2dInputGradient, ofInput, shape);
      runReference(conv2dWeightGradient, { gradOutput, x, gradWeight }, shape);
      runReference(conv2dBiasGradient, { gradOutput, gradBias }, shape);
      return { x: gradX, weight: gradWeight, bias: gradBias };
    },
  };
}

/** In training: the statistics are the batch's. */
export function batchNorm2dTrain(shape: BatchNorm2dShape): Operation {
  return batchNorm2d(
    shape,
    (x) => batchStatistics(x, shape),
    (given) =>
      runReference(
        batchNorm2dInputGradient,
        { ...given, gradX: new Float64Array(given.x.length) },
        shape,
      ).gradX,
  );
}

/** Statistics of a batch, and where they move the running ones. */
export function batchStatistics(
  x: Float64Array,
  shape: BatchNorm2dShape,
  runningMean: Float64Array = new Float64Array(shape.channels),
  runningVar: Float64Array = new Float64Array(shape.channels),
  momentum = 0,
) {
  const { channels } = shape;
  const operands = {
    x,
    runningMean: runningMean.slice(),
    runningVar: runningVar.slice(),
    numBatchesTracked: null,
    mean: new Float64Array(channels),
    invStd: new Float64Array(channels),
  };
  return runReference(batchNorm2dStatistics, operands, { ...shape, momentum });
}

/** In evaluation: the statistics are given. */
export function batchNorm2dEval(
  shape: BatchNorm2dShape,
  mean: Float64Array,
  variance: Float64Array,
): Operation {
  const { invStd } = runReference(
    batchNorm2dInvStd,
    { variance, invStd: new Float64Array(shape.channels) },
    shape,
  );
  return batchNorm2d(
    shape,
    () => ({ mean, invStd }),
    ({ gradOutput, invStd, weight }) => {
      const gradX = new Float64Array(gradOutput.length);
      const given = { gradOutput, invStd, weight, gradX };
      return runReference(batchNorm2dEvalInputGradient, given, shape).gradX;
    },
  );
}

function batchNorm2d(
  shape: BatchNorm2dShape,
  statistics: (x: Float64Array) => Record<"mean" | "invStd", Float64Array>,
  inputGradient: (
    given: Record<
      | "gradOutput"
      | "x"
      | "mean"
      | "invStd"
      | "weight"
      | "gradWeight"
      | "gradBias",
      Float64Array
    >,
  ) => Float64Array,
): Operation {
  const { channels } = shape;
  return {
    forward: ({ x, weight, bias }) => {
      const { invStd, mean } = statistics(x);
      const output = new Float64Array(x.length);
      const given = { x, mean, invStd, weight, bias, output };
      return runReference(batchNorm2dNormalise, given, shape).output;
    },
    backward: (gradOutput, { x, weight }) => {
      const { invStd, mean } = statistics(x);
      const given = { gradOutput, x, mean, invStd };
      const { gradBias, gradWeight } = runReference(
        batchNorm2dParameterGradient,
        {
          ...given,
          gradWeight: new Float64Array(channels),
          gradBias: new Float64Array(channels),
        },
        shape,
      );
      const gradX = inputGradient({ ...given, weight, gradWeight, gradBias });
      return { x: gradX, weight: gradWeight, bias: gradBias };
    },
  };
}

/** Of `x`. */
export function relu(): Operation {
  return unary(reluKernels);
}

/** Of `x`. */
export function maxPool2d(shape: Pool2dShape): Operation {
  const length = planesOf(shape) * shape.outHeight * shape.outWidth;
  const pool = (x: Float64Array) =>
    runReference(maxPool2dForward, {
      x,
      output: new Float64Array(length),
      indices: new Int32Array(length),
    }, shape);
  return {
    forward: ({ x }) => pool(x).output,
    backward(gradOutput, { x }) {
      const { indices } = pool(x);
      const gradX = new Float64Array(x.length);
      const arrays = { gradOutput, indices, gradX };
      return { x: runReference(maxPool2dGradient, arrays, shape).gradX };
    },
  };
}

/** Of `x`. */
export function avgPool2d(shape: AvgPool2dShape): Operation {
  const length = planesOf(shape) * shape.outHeight * shape.outWidth;
  return {
    forward({ x }) {
      const output = new Float64Array(length);
      return runReference(avgPool2dForward, { x, output }, shape).output;
    },
    backward(gradOutput, { x }) {
      const arrays = { gradOutput, gradX: new Float64Array(x.length) };
      return { x: runReference(avgPool2dGradient, arrays, shape).gradX };
    },
  };
}

/** Without `bias` among the inputs there is none. */
export function linear(shape: LinearShape): Operation {
  const { batch, outFeatures } = shape;
  return {
    forward({ x, weight, bias = null }) {
      const output = new Float64Array(batch * outFeatures);
      const arrays = { x, weight, bias, output };
      return runReference(linearForward, arrays, shape).output;
    },
    backward(gradOutput, { x, weight }) {
      const gradients = {
        gradX: new Float64Array(x.length),
        gradWeight: new Float64Array(weight.length),
        gradBias: new Float64Array(outFeatures),
      };
      const arrays = { gradOutput, x, weight, ...gradients };
      runReference(linearGradient, arrays, shape);
      const { gradBias, gradWeight, gradX } = gradients;
      return { x: gradX, weight: gradWeight, bias: gradBias };
    },
  };
}

/** Of `logits`; the labels are constants. */
export function crossEntropy(
  shape: CrossEntropyShape,
  labels: Int32Array,
): Operation {
  const run = (logits: Float64Array) =>
    runReference(crossEntropyKernel, {
      logits,
      labels,
      gradLogits: new Float64Array(logits.length),
      loss: new Float64Array(1),
      sums: null,
      fault: null,
    }, shape);
  return {
    forward: ({ logits }) => run(logits).loss,
    backward: ([gradLoss], { logits }) => ({
      logits: run(logits).gradLogits.map((value) => gradLoss * value),
    }),
  };
}
