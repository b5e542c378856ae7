import {
  avgPool2dForward,
  avgPool2dGradient,
  type AvgPool2dShape,
} from "../../kernels/avg_pool2d/avg_pool2d.ts";
import { planesOf, type Pool2dShape } from "../../kernels/lib/pool2d.ts";
import {
  maxPool2dForward,
  maxPool2dGradient,
} from "../../kernels/max_pool2d/max_pool2d.ts";
import type {
  BatchNorm2dShape,
  ClassesShape,
  Conv2dShape,
  LinearShape,
} from "../../kernels/shapes.ts";
import * as reference from "../reference.ts";
import { runReference } from "./run.ts";

/** Arrays by name: `x`, `weight`, `bias`. */
export type Arrays = Record<string, Float64Array>;

/** An operation of the reference as a function of all that it differentiates. */
export interface Operation {
  /** The output. A scalar is an array of one. */
  forward(inputs: Arrays): Float64Array;
  /** The gradient of each input, under the input's name. */
  backward(gradOutput: Float64Array, inputs: Arrays): Arrays;
}

/** Without `bias` among the inputs there is none. */
export function conv2d(shape: Conv2dShape): Operation {
  return {
    forward: ({ x, weight, bias = null }) =>
      reference.conv2dForward(x, weight, bias, shape),
    backward: (gradOutput, { x, weight }) => ({
      x: reference.conv2dInputGradient(gradOutput, weight, shape),
      weight: reference.conv2dWeightGradient(gradOutput, x, shape),
      bias: reference.conv2dBiasGradient(gradOutput, shape),
    }),
  };
}

/** In training: the statistics are the batch's. */
export function batchNorm2dTrain(shape: BatchNorm2dShape): Operation {
  const statistics = (x: Float64Array) =>
    reference.batchNorm2dStatistics(
      x,
      new Float64Array(shape.channels),
      new Float64Array(shape.channels),
      shape,
      0,
    );
  return batchNorm2d(shape, statistics, reference.batchNorm2dInputGradient);
}

/** In evaluation: the statistics are given. */
export function batchNorm2dEval(
  shape: BatchNorm2dShape,
  mean: Float64Array,
  variance: Float64Array,
): Operation {
  const inverseDeviation = reference.batchNorm2dInverseDeviation(
    variance,
    shape,
  );
  return batchNorm2d(
    shape,
    () => ({ mean, inverseDeviation }),
    (gradOutput, _x, _mean, inverseDeviation, weight, shape) =>
      reference.batchNorm2dEvalInputGradient(
        gradOutput,
        inverseDeviation,
        weight,
        shape,
      ),
  );
}

function batchNorm2d(
  shape: BatchNorm2dShape,
  statistics: (
    x: Float64Array,
  ) => Pick<reference.BatchNorm2dStatistics, "mean" | "inverseDeviation">,
  inputGradient: typeof reference.batchNorm2dInputGradient,
): Operation {
  return {
    forward: ({ x, weight, bias }) => {
      const { mean, inverseDeviation } = statistics(x);
      return reference.batchNorm2dNormalise(
        x,
        mean,
        inverseDeviation,
        weight,
        bias,
        shape,
      );
    },
    backward: (gradOutput, { x, weight }) => {
      const { mean, inverseDeviation } = statistics(x);
      const { gradWeight, gradBias } = reference.batchNorm2dParameterGradient(
        gradOutput,
        x,
        mean,
        inverseDeviation,
        shape,
      );
      const gradX = inputGradient(
        gradOutput,
        x,
        mean,
        inverseDeviation,
        weight,
        shape,
      );
      return { x: gradX, weight: gradWeight, bias: gradBias };
    },
  };
}

/** Of `x`. */
export function relu(): Operation {
  return {
    forward: ({ x }) => reference.reluForward(x),
    backward: (gradOutput, { x }) => ({
      x: reference.reluGradient(gradOutput, reference.reluForward(x)),
    }),
  };
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
  return {
    forward: ({ x, weight, bias = null }) =>
      reference.linearForward(x, weight, bias, shape),
    backward: (gradOutput, { x, weight }) => ({
      x: reference.linearInputGradient(gradOutput, weight, shape),
      weight: reference.linearWeightGradient(gradOutput, x, shape),
      bias: reference.linearBiasGradient(gradOutput, shape),
    }),
  };
}

/** Of `logits`; the labels are constants. */
export function crossEntropy(
  shape: ClassesShape,
  labels: Int32Array,
): Operation {
  return {
    forward: ({ logits }) =>
      Float64Array.of(
        reference.crossEntropyForward(logits, labels, shape).loss,
      ),
    backward: ([gradLoss], { logits }) => {
      const { probabilities } = reference.crossEntropyForward(
        logits,
        labels,
        shape,
      );
      return {
        logits: reference.crossEntropyGradient(
          gradLoss,
          probabilities,
          labels,
          shape,
        ),
      };
    },
  };
}
