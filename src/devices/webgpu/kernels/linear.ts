import { linearSource } from "../../../../kernels/linear.gen.ts";
import type { LinearShape } from "../../../../kernels/shapes.ts";
import { Output, type Scratch } from "../../scratch.ts";
import type { Kernels } from "../../kernels.ts";
import { type KernelRecord, line, type Run } from "../kernel_record.ts";
import { channelSum } from "./_channel_sum.ts";

const file = { source: linearSource, file: "kernels/linear.wgsl" };

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

/** Which gradients are made. */
interface GradientShape extends LinearShape {
  byX: boolean;
  /** That by the bias comes with it. */
  byWeight: boolean;
}

/**
 * Linear layers and their gradients. Where rows of inputs and weights have a
 * length that is a multiple of four, they are read in fours, and the gradients
 * made by one kernel.
 *
 * @param scratch Where gradients go that are not wanted.
 * @param workgroupSize Invocations of a workgroup, and the most that share a sum.
 */
export function linearKernels(
  run: Run,
  scratch: Scratch,
  workgroupSize: number,
): Pick<Kernels, "linearForward" | "linearGradient"> {
  const product = productsOf(workgroupSize);
  const gradients = gradientsOf(workgroupSize);
  return {
    linearForward(x, weight, bias, output, shape) {
      const forward = { ...shape, hasBias: bias !== null };
      const operands = [x, weight, bias ?? weight, output];
      const inFours = shape.inFeatures % 4 === 0;
      const record = inFours ? product.forwardInFours : product.forward;
      run(record, forward, operands);
    },
    linearGradient(gradOutput, x, weight, gradX, gradWeight, gradBias, shape) {
      const { batch, inFeatures, outFeatures } = shape;
      if (inFeatures % 4 === 0) {
        const byX = gradX !== null;
        const byWeight = gradWeight !== null || gradBias !== null;
        const weights = byWeight ? outFeatures * inFeatures : 4;
        using ownX = new Output(gradX, scratch, "f32", 4);
        using ownWeight = new Output(gradWeight, scratch, "f32", weights);
        using ownBias = new Output(gradBias, scratch, "f32", outFeatures);
        const outputs = [ownX, ownWeight, ownBias];
        return run(gradients, { ...shape, byX, byWeight }, [
          ...[gradOutput, x, weight],
          ...outputs,
        ]);
      }
      if (gradX) {
        run(product.gradX, shape, [gradOutput, weight, weight, gradX]);
      }
      if (gradWeight) {
        run(product.gradWeight, shape, [gradOutput, x, gradOutput, gradWeight]);
      }
      if (gradBias) {
        const sum = { batch, channels: outFeatures, area: 1 };
        run(biasGradient, sum, [gradOutput, gradBias]);
      }
    },
  };
}

const biasGradient = channelSum("linearBiasGradient");

const forwardSize = ({ batch, inFeatures, outFeatures }: LinearShape) => ({
  rows: batch,
  columns: outFeatures,
  depth: inFeatures,
});

const gradXSize = ({ batch, inFeatures, outFeatures }: LinearShape) => ({
  rows: batch,
  columns: inFeatures,
  depth: outFeatures,
});

const gradWeightSize = ({ batch, inFeatures, outFeatures }: LinearShape) => ({
  rows: outFeatures,
  columns: inFeatures,
  depth: batch,
});

/** The three products of a linear layer, each read in its own way. */
function productsOf(workgroupSize: number) {
  const forward: ProductOptions<ForwardShape> = {
    name: "linearForward",
    entryPoint: "product",
    workgroupSize,
    size: forwardSize,
    halves: { Left: 0, Right: null },
    steps: ({ inFeatures, hasBias }) => ({
      leftStep: inFeatures,
      leftDepthStep: 1,
      rightStep: inFeatures,
      rightDepthStep: 1,
      hasBias: Number(hasBias),
    }),
  };
  return {
    forward: product(forward),
    forwardInFours: product({ ...forward, entryPoint: "productOfRows" }),
    gradX: product<LinearShape>({
      name: "linearInputGradient",
      entryPoint: "product",
      workgroupSize,
      size: gradXSize,
      halves: { Left: null, Right: null },
      steps: ({ inFeatures, outFeatures }) => ({
        leftStep: outFeatures,
        leftDepthStep: 1,
        rightStep: 1,
        rightDepthStep: inFeatures,
        hasBias: 0,
      }),
    }),
    gradWeight: product<LinearShape>({
      name: "linearWeightGradient",
      entryPoint: "product",
      workgroupSize,
      size: gradWeightSize,
      halves: { Left: null, Right: 1 },
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
  return {
    ...file,
    name,
    entryPoint,
    bindings: ["read", "read", "read", "write"],
    halves,
    constants: (shape) => ({
      ...steps(shape),
      columns: size(shape).columns,
      parts: partsOf(size(shape), workgroupSize),
      workgroupSize,
    }),
    workgroups: (shape) =>
      line(sharers(size(shape), workgroupSize), workgroupSize),
    passes: (shape) => passes(size(shape), workgroupSize),
    cost: (shape) => ({ operations: operations(size(shape)) }),
  };
}

/** A kernel that makes all gradients, inputs and weights read in fours. */
function gradientsOf(workgroupSize: number): KernelRecord<GradientShape> {
  const groups = (size: Product) =>
    Math.ceil(sharers(size, workgroupSize) / workgroupSize);
  const sizes = (shape: GradientShape) => [
    ...(shape.byWeight ? [gradWeightSize(shape)] : []),
    ...(shape.byX ? [gradXSize(shape)] : []),
  ];
  const total = (shape: GradientShape, of: (size: Product) => number) =>
    sizes(shape).reduce((sum, size) => sum + of(size), 0);
  return {
    ...file,
    name: "linearGradient",
    entryPoint: "gradients",
    bindings: ["read", "read", "read", "write", "write", "write"],
    halves: { Left: null, Right: 1 },
    constants: (shape) => ({
      columns: shape.inFeatures,
      outFeatures: shape.outFeatures,
      weightParts: partsOf(gradWeightSize(shape), workgroupSize),
      inputParts: partsOf(gradXSize(shape), workgroupSize),
      weightGroups: shape.byWeight ? groups(gradWeightSize(shape)) : 0,
      workgroupSize,
    }),
    workgroups: (shape) => line(total(shape, groups), 1),
    passes: (shape) =>
      Math.max(...sizes(shape).map((size) => passes(size, workgroupSize))),
    cost: (shape) => ({ operations: total(shape, operations) }),
  };
}

function tiles({ rows, columns }: Product): number {
  return Math.ceil(rows / 4) * Math.ceil(columns / 4);
}

/**
 * How many invocations share a sum: as many as leave each 8 products or more,
 * but no more than keep a large GPU busy.
 */
function partsOf(size: Product, workgroupSize: number): number {
  const most = Math.min(workgroupSize, size.depth / 8, 65536 / tiles(size));
  return 2 ** Math.max(0, Math.floor(Math.log2(most)));
}

/** Invocations of all tiles together. */
function sharers(size: Product, workgroupSize: number): number {
  return tiles(size) * partsOf(size, workgroupSize);
}

/** Of an invocation: through its products, and through the sums of its group. */
function passes(size: Product, workgroupSize: number): number {
  const parts = partsOf(size, workgroupSize);
  return Math.ceil(size.depth / parts) + 16 / Math.min(parts, 16) * (parts + 1);
}

function operations({ rows, columns, depth }: Product): number {
  return 2 * rows * columns * depth;
}
