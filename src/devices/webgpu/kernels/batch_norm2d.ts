import { batchNorm2dSource } from "../../../../kernels/batch_norm2d.gen.ts";
import type { BatchNorm2dShape } from "../../../../kernels/shapes.ts";
import { Output, type Scratch } from "../../scratch.ts";
import type { Kernels } from "../../kernels.ts";
import {
  type KernelRecord,
  line,
  type Run,
  type Workgroups,
} from "../kernel_record.ts";
import { reductionPasses, workgroupSize } from "./_elementwise.ts";

interface StatisticsShape extends BatchNorm2dShape {
  /** How far the running statistics move. */
  momentum: number;
}

/** Workgroups that cover planes: `chunk` elements of one plane each. */
const parts = { chunk: 1024, workgroupSize: 64 };

const statistics: KernelRecord<StatisticsShape> = {
  name: "batchNorm2dStatistics",
  source: batchNorm2dSource,
  file: "kernels/batch_norm2d.wgsl",
  entryPoint: "statistics",
  bindings: ["read", "write", "write", "write", "write", "write"],
  constants: ({ channels, area, eps, momentum }) => ({
    channels,
    area,
    eps,
    momentum,
    workgroupSize,
  }),
  workgroups: ({ channels }) => line(channels, 1),
  passes: ({ area, batch }) => 2 * reductionPasses(batch * area),
};

const normalise: KernelRecord<BatchNorm2dShape> = {
  name: "batchNorm2dNormalise",
  source: batchNorm2dSource,
  file: "kernels/batch_norm2d.wgsl",
  entryPoint: "normalise",
  bindings: ["read", "read", "read", "read", "read", "write"],
  constants: ({ channels, area }) => ({ channels, area, ...parts }),
  workgroups: chunks,
};

const inverseDeviation: KernelRecord<BatchNorm2dShape> = {
  name: "batchNorm2dInverseDeviation",
  source: batchNorm2dSource,
  file: "kernels/batch_norm2d.wgsl",
  entryPoint: "inverseOfVariance",
  bindings: ["read", "write"],
  constants: ({ channels, eps }) => ({ channels, eps, workgroupSize }),
  workgroups: ({ channels }) => line(channels, workgroupSize),
};

const parameterGradient: KernelRecord<BatchNorm2dShape> = {
  name: "batchNorm2dParameterGradient",
  source: batchNorm2dSource,
  file: "kernels/batch_norm2d.wgsl",
  entryPoint: "parameterGradient",
  bindings: ["read", "read", "read", "read", "write", "write"],
  constants: ({ channels, area }) => ({ channels, area, workgroupSize }),
  workgroups: ({ channels }) => line(channels, 1),
  passes: ({ area, batch }) => reductionPasses(batch * area),
};

const inputGradient = gradientByX("batchNorm2dInputGradient", true);
const evalInputGradient = gradientByX("batchNorm2dEvalInputGradient", false);

/** Batch normalisation and its gradients. */
export function batchNorm2dKernels(run: Run, scratch: Scratch): Pick<
  Kernels,
  | "batchNorm2dStatistics"
  | "batchNorm2dNormalise"
  | "batchNorm2dInverseDeviation"
  | "batchNorm2dParameterGradient"
  | "batchNorm2dInputGradient"
  | "batchNorm2dEvalInputGradient"
> {
  return {
    batchNorm2dStatistics(
      x,
      runningMean,
      runningVariance,
      batches,
      mean,
      inverse,
      shape,
      momentum,
    ) {
      using counter = new Output(batches, scratch, "i32", 1);
      const running = [runningMean, runningVariance, counter];
      const operands = [x, mean, inverse, ...running];
      run(statistics, { ...shape, momentum }, operands);
    },
    batchNorm2dNormalise(x, mean, inverse, weight, bias, output, shape) {
      run(normalise, shape, [x, mean, inverse, weight, bias, output]);
    },
    batchNorm2dInverseDeviation(variance, output, shape) {
      run(inverseDeviation, shape, [variance, output]);
    },
    batchNorm2dParameterGradient(
      gradOutput,
      x,
      mean,
      inverse,
      gradWeight,
      gradBias,
      shape,
    ) {
      const operands = [x, mean, inverse, gradOutput, gradWeight, gradBias];
      run(parameterGradient, shape, operands);
    },
    batchNorm2dInputGradient(
      gradOutput,
      x,
      mean,
      inverse,
      weight,
      gradWeight,
      gradBias,
      gradX,
      shape,
    ) {
      run(inputGradient, shape, [
        x,
        mean,
        inverse,
        gradOutput,
        weight,
        gradWeight,
        gradBias,
        gradX,
      ]);
    },
    batchNorm2dEvalInputGradient(gradOutput, inverse, weight, gradX, shape) {
      // The two before the last and the first two are for training only, and
      // not read here.
      run(evalInputGradient, shape, [
        gradOutput,
        inverse,
        inverse,
        gradOutput,
        weight,
        weight,
        weight,
        gradX,
      ]);
    },
  };
}

function gradientByX(
  name: string,
  training: boolean,
): KernelRecord<BatchNorm2dShape> {
  return {
    name,
    source: batchNorm2dSource,
    file: "kernels/batch_norm2d.wgsl",
    entryPoint: "inputGradient",
    bindings: [...Array<"read">(7).fill("read"), "write"],
    constants: ({ channels, area }) => ({
      channels,
      area,
      training: Number(training),
      ...parts,
    }),
    workgroups: chunks,
  };
}

function chunks({ batch, channels, area }: BatchNorm2dShape): Workgroups {
  return line(batch * channels * Math.ceil(area / parts.chunk), 1);
}
