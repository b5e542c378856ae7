import { linearSource } from "../../../../kernels/linear.gen.ts";
import type { LinearShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import { channelSum } from "./_channel_sum.ts";

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

/**
 * The three products of a linear layer, each read in its own way.
 *
 * @param inFours Whether rows of inputs and weights are read as vectors of four.
 */
function recordsOf(workgroupSize: number, inFours: boolean) {
  return {
    forward: product<ForwardShape>({
      name: "linearForward",
      workgroupSize,
      entryPoint: inFours ? "productOfRows" : "product",
      size: ({ batch, inFeatures, outFeatures }) => ({
        rows: batch,
        columns: outFeatures,
        depth: inFeatures,
      }),
      halves: { Left: 0, Right: null },
      steps: ({ inFeatures, hasBias }) => ({
        leftStep: inFeatures,
        leftDepthStep: 1,
        rightStep: inFeatures,
        rightDepthStep: 1,
        hasBias: Number(hasBias),
      }),
    }),
    inputGradient: product<LinearShape>({
      name: "linearInputGradient",
      halves: { Left: null, Right: null },
      workgroupSize,
      entryPoint: inFours ? "productAcrossRows" : "product",
      size: ({ batch, inFeatures, outFeatures }) => ({
        rows: batch,
        columns: inFeatures,
        depth: outFeatures,
      }),
      steps: ({ inFeatures, outFeatures }) => ({
        leftStep: outFeatures,
        leftDepthStep: 1,
        rightStep: 1,
        rightDepthStep: inFeatures,
        hasBias: 0,
      }),
    }),
    weightGradient: product<LinearShape>({
      name: "linearWeightGradient",
      halves: { Left: null, Right: 1 },
      workgroupSize,
      entryPoint: inFours ? "productAcrossRows" : "product",
      size: ({ batch, inFeatures, outFeatures }) => ({
        rows: outFeatures,
        columns: inFeatures,
        depth: batch,
      }),
      steps: ({ inFeatures, outFeatures }) => ({
        leftStep: 1,
        leftDepthStep: outFeatures,
        rightStep: 1,
        rightDepthStep: inFeatures,
        hasBias: 0,
      }),
    }),
  };
}

const biasGradient = channelSum("linearBiasGradient");

/**
 * Linear layers and their gradients.
 *
 * @param workgroupSize Invocations of a workgroup, and the most that share a sum.
 */
export function linearKernels(run: Run, workgroupSize: number): Pick<
  Kernels,
  | "linearForward"
  | "linearInputGradient"
  | "linearWeightGradient"
  | "linearBiasGradient"
> {
  const [fours, singles] = [true, false].map((inFours) =>
    recordsOf(workgroupSize, inFours)
  );
  const recordsFor = ({ inFeatures }: LinearShape) =>
    inFeatures % 4 === 0 ? fours : singles;
  return {
    linearForward(x, weight, bias, output, shape) {
      const forward = { ...shape, hasBias: bias !== null };
      const operands = [x, weight, bias ?? weight, output];
      run(recordsFor(shape).forward, forward, operands);
    },
    linearInputGradient(gradOutput, weight, gradX, shape) {
      const operands = [gradOutput, weight, weight, gradX];
      run(recordsFor(shape).inputGradient, shape, operands);
    },
    linearWeightGradient(gradOutput, x, gradWeight, shape) {
      const operands = [gradOutput, x, gradOutput, gradWeight];
      run(recordsFor(shape).weightGradient, shape, operands);
    },
    linearBiasGradient(gradOutput, gradBias, { batch, outFeatures }) {
      const shape = { batch, channels: outFeatures, area: 1 };
      run(biasGradient, shape, [gradOutput, gradBias]);
    },
  };
}

/** What distinguishes a product of two matrices from others. */
interface ProductOptions<Shape> {
  name: string;
  entryPoint: string;
  workgroupSize: number;
  size(shape: Shape): Product;
  /** Which of them may be stored in f16. */
  halves: Record<"Left" | "Right", number | null>;
  /** How the matrices are read. */
  steps(shape: Shape): Record<string, number>;
}

/** A kernel that multiplies two matrices. */
function product<Shape>(
  { entryPoint, halves, name, size, steps, workgroupSize }: ProductOptions<
    Shape
  >,
): KernelRecord<Shape> {
  const partsOf = (shape: Shape) => parts(size(shape), workgroupSize);
  return {
    name,
    source: linearSource,
    file: "kernels/linear.wgsl",
    entryPoint,
    bindings: ["read", "read", "read", "write"],
    halves,
    constants: (shape) => ({
      ...steps(shape),
      columns: size(shape).columns,
      parts: partsOf(shape),
      workgroupSize,
    }),
    workgroups: (shape) =>
      line(tiles(size(shape)) * partsOf(shape), workgroupSize),
    passes: (shape) =>
      Math.ceil(size(shape).depth / partsOf(shape)) + workgroupSize,
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
function parts(size: Product, workgroupSize: number): number {
  const most = Math.min(workgroupSize, size.depth / 8, 65536 / tiles(size));
  return 2 ** Math.max(0, Math.floor(Math.log2(most)));
}
