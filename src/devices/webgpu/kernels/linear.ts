import { linearSource } from "../../../../kernels/linear.gen.ts";
import type { LinearShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import { channelSum } from "./_channel_sum.ts";

/** Invocations of a workgroup, and the most that can share a sum. */
const workgroupSize = 64;

/** `[rows, columns]` of sums of `depth` products each. */
interface Product {
  rows: number;
  columns: number;
  depth: number;
}

interface ForwardShape extends LinearShape {
  /** Whether a bias is added. */
  hasBias: boolean;
}

const forward = product<ForwardShape>(
  "linearForward",
  ({ batch, inFeatures, outFeatures }) => ({
    rows: batch,
    columns: outFeatures,
    depth: inFeatures,
  }),
  ({ inFeatures, hasBias }) => ({
    leftStep: inFeatures,
    leftDepthStep: 1,
    rightStep: inFeatures,
    rightDepthStep: 1,
    hasBias: Number(hasBias),
  }),
);

const inputGradient = product<LinearShape>(
  "linearInputGradient",
  ({ batch, inFeatures, outFeatures }) => ({
    rows: batch,
    columns: inFeatures,
    depth: outFeatures,
  }),
  ({ inFeatures, outFeatures }) => ({
    leftStep: outFeatures,
    leftDepthStep: 1,
    rightStep: 1,
    rightDepthStep: inFeatures,
    hasBias: 0,
  }),
);

const weightGradient = product<LinearShape>(
  "linearWeightGradient",
  ({ batch, inFeatures, outFeatures }) => ({
    rows: outFeatures,
    columns: inFeatures,
    depth: batch,
  }),
  ({ inFeatures, outFeatures }) => ({
    leftStep: 1,
    leftDepthStep: outFeatures,
    rightStep: 1,
    rightDepthStep: inFeatures,
    hasBias: 0,
  }),
);

const biasGradient = channelSum("linearBiasGradient");

/** Linear layers and their gradients. */
export function linearKernels(run: Run): Pick<
  Kernels,
  | "linearForward"
  | "linearInputGradient"
  | "linearWeightGradient"
  | "linearBiasGradient"
> {
  return {
    linearForward(x, weight, bias, output, shape) {
      const hasBias = bias !== null;
      run(forward, { ...shape, hasBias }, [x, weight, bias ?? weight, output]);
    },
    linearInputGradient(gradOutput, weight, gradX, shape) {
      run(inputGradient, shape, [gradOutput, weight, weight, gradX]);
    },
    linearWeightGradient(gradOutput, x, gradWeight, shape) {
      run(weightGradient, shape, [gradOutput, x, x, gradWeight]);
    },
    linearBiasGradient(gradOutput, gradBias, { outFeatures }) {
      const shape = { channels: outFeatures, area: 1 };
      run(biasGradient, shape, [gradOutput, gradBias]);
    },
  };
}

/** A kernel that multiplies two matrices; `steps` says how they are read. */
function product<Shape>(
  name: string,
  size: (shape: Shape) => Product,
  steps: (shape: Shape) => Record<string, number>,
): KernelRecord<Shape> {
  return {
    name,
    source: linearSource,
    file: "kernels/linear.wgsl",
    entryPoint: "product",
    bindings: ["read", "read", "read", "write"],
    constants: (shape) => ({
      ...steps(shape),
      columns: size(shape).columns,
      parts: parts(size(shape)),
      workgroupSize,
    }),
    workgroups: (shape) =>
      line(tiles(size(shape)) * parts(size(shape)), workgroupSize),
    cost: (shape) => {
      const { rows, columns, depth } = size(shape);
      return { operations: 2 * rows * columns * depth };
    },
  };
}

function tiles({ rows, columns }: Product): number {
  return Math.ceil(rows / 4) * Math.ceil(columns / 4);
}

/**
 * How many invocations share a sum: as many as leave each 8 products or more,
 * but no more than keep a large GPU busy.
 */
function parts(size: Product): number {
  const most = Math.min(workgroupSize, size.depth / 8, 65536 / tiles(size));
  return 2 ** Math.max(0, Math.floor(Math.log2(most)));
}
