import { channelSum } from "../channel_sum/channel_sum.ts";
import {
  type AdapterTraits,
  type AnyKernelCall,
  call,
  type Dispatch,
  dispatch,
  type Operand,
  Scratch,
  workgroupsFor,
} from "../kernel.ts";
import * as wgsl from "./linear.gen.ts";
import {
  columnSumShape,
  type ForwardOperands,
  type GradientOperands,
  type LinearShape,
} from "./signature.ts";

/** `[rows, columns]` of sums of `depth` products each. */
interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** How a matrix product reads its matrices, as `linear.wgsl` says. */
interface Steps {
  readonly leftStep: number;
  readonly leftDepthStep: number;
  readonly rightStep: number;
  readonly rightDepthStep: number;
}

/** The layer; inputs and weights with rows of whole fours are read in fours. */
export function forward(
  { bias, output, weight, x }: ForwardOperands,
  shape: LinearShape,
  adapter: AdapterTraits,
): Dispatch[] {
  const { inFeatures } = shape;
  const size = forwardSize(shape);
  const constants = {
    hasBias: Number(bias !== null),
    ...splitConstants(size, adapter),
  };
  const rest = {
    workgroups: workgroupsOf(size, adapter),
    iterations: iterationsOf(size, adapter),
  };
  if (inFeatures % 4 === 0) {
    return [dispatch(wgsl.productOfRows, {
      bind: {
        leftVectors: x,
        rightVectors: weight,
        bias: bias ?? weight,
        output,
      },
      constants,
      ...rest,
    })];
  }
  return [dispatch(wgsl.product, {
    bind: { left: x, right: weight, bias: bias ?? weight, output },
    constants: {
      leftStep: inFeatures,
      leftDepthStep: 1,
      rightStep: inFeatures,
      rightDepthStep: 1,
      ...constants,
    },
    ...rest,
  })];
}

/**
 * The gradients. Where rows of x and the weight are whole fours, one command
 * makes all of them, that with respect to the bias beside that to the weight.
 */
export function gradient(
  operands: GradientOperands,
  shape: LinearShape,
  adapter: AdapterTraits,
): (Dispatch | AnyKernelCall)[] {
  const { inFeatures, outFeatures } = shape;
  const { gradBias, gradOutput, gradWeight, gradX, weight, x } = operands;
  const isBiasAlone = gradBias !== null && gradWeight === null;
  if (inFeatures % 4 === 0 && !isBiasAlone) {
    return [gradientsInFours(operands, shape, adapter)];
  }
  const steps: (Dispatch | AnyKernelCall)[] = [];
  if (gradX !== null) {
    const bind = { left: gradOutput, right: weight, output: gradX };
    const size = inputSize(shape);
    steps.push(product("linearInputGradient", bind, size, adapter, {
      leftStep: outFeatures,
      leftDepthStep: 1,
      rightStep: 1,
      rightDepthStep: inFeatures,
    }));
  }
  if (gradWeight !== null) {
    const bind = { left: gradOutput, right: x, output: gradWeight };
    const size = weightSize(shape);
    steps.push(product("linearWeightGradient", bind, size, adapter, {
      leftStep: 1,
      leftDepthStep: outFeatures,
      rightStep: 1,
      rightDepthStep: inFeatures,
    }));
  }
  if (gradBias !== null) {
    const operands = { x: gradOutput, output: gradBias };
    steps.push(call(channelSum, operands, columnSumShape(shape)));
  }
  return steps;
}

/** A product of two matrices, without a bias. */
function product(
  label: string,
  bind: Readonly<Record<"left" | "right" | "output", Operand>>,
  size: Product,
  adapter: AdapterTraits,
  steps: Steps,
): Dispatch {
  return dispatch(wgsl.product, {
    bind: { ...bind, bias: bind.left },
    constants: { ...steps, hasBias: 0, ...splitConstants(size, adapter) },
    workgroups: workgroupsOf(size, adapter),
    iterations: iterationsOf(size, adapter),
    cost: { operations: operationsOf(size) },
    label,
  });
}

function gradientsInFours(
  { gradBias, gradOutput, gradWeight, gradX, weight, x }: GradientOperands,
  shape: LinearShape,
  adapter: AdapterTraits,
): Dispatch {
  const { inFeatures, outFeatures } = shape;
  const hasX = gradX !== null;
  const hasWeight = gradWeight !== null;
  const sizes = [
    ...(hasWeight ? [weightSize(shape)] : []),
    ...(hasX ? [inputSize(shape)] : []),
  ];
  const total = (of: (size: Product) => number) =>
    sizes.reduce((sum, size) => sum + of(size), 0);
  return dispatch(wgsl.gradients, {
    bind: {
      gradOutput,
      x,
      weight,
      gradX: gradX ?? new Scratch(4),
      gradWeight: gradWeight ?? new Scratch(4),
      gradBias: gradBias ?? new Scratch(outFeatures),
    },
    constants: {
      columns: inFeatures,
      outFeatures,
      weightSplits: splitsOf(weightSize(shape), adapter),
      inputSplits: splitsOf(inputSize(shape), adapter),
      weightGroups: hasWeight ? groupsOf(weightSize(shape), adapter) : 0,
      workgroupSize: workgroupSizeOf(adapter),
    },
    workgroups: workgroupsFor(total((size) => groupsOf(size, adapter)), 1),
    iterations: Math.max(...sizes.map((size) => iterationsOf(size, adapter))),
    cost: { operations: total(operationsOf) },
  });
}

function forwardSize({ batch, inFeatures, outFeatures }: LinearShape): Product {
  return { rows: batch, columns: outFeatures, depth: inFeatures };
}

function inputSize({ batch, inFeatures, outFeatures }: LinearShape): Product {
  return { rows: batch, columns: inFeatures, depth: outFeatures };
}

function weightSize({ batch, inFeatures, outFeatures }: LinearShape): Product {
  return { rows: outFeatures, columns: inFeatures, depth: batch };
}

/**
 * Invocations of a workgroup. A processor runs eight of them at a time, and takes
 * turns between more.
 */
function workgroupSizeOf({ isSoftware }: AdapterTraits): number {
  return isSoftware ? 8 : 64;
}

function tilesOf({ rows, columns }: Product): number {
  return Math.ceil(rows / 4) * Math.ceil(columns / 4);
}

/**
 * How many invocations share a sum: as many as leave each 8 products or more,
 * but no more than keep a large GPU busy.
 */
function splitsOf(size: Product, adapter: AdapterTraits): number {
  const tiles = tilesOf(size);
  const most = Math.min(
    workgroupSizeOf(adapter),
    size.depth / 8,
    65536 / tiles,
  );
  return 2 ** Math.max(0, Math.floor(Math.log2(most)));
}

function splitConstants(size: Product, adapter: AdapterTraits) {
  return {
    columns: size.columns,
    splits: splitsOf(size, adapter),
    workgroupSize: workgroupSizeOf(adapter),
  };
}

function workgroupsOf(size: Product, adapter: AdapterTraits) {
  const invocations = tilesOf(size) * splitsOf(size, adapter);
  return workgroupsFor(invocations, workgroupSizeOf(adapter));
}

/** Workgroups of all tiles together. */
function groupsOf(size: Product, adapter: AdapterTraits): number {
  const invocations = tilesOf(size) * splitsOf(size, adapter);
  return Math.ceil(invocations / workgroupSizeOf(adapter));
}

/** Of an invocation: through its products, and through the sums of its group. */
function iterationsOf(size: Product, adapter: AdapterTraits): number {
  const splits = splitsOf(size, adapter);
  return Math.ceil(size.depth / splits) +
    16 / Math.min(splits, 16) * (splits + 1);
}

function operationsOf({ rows, columns, depth }: Product): number {
  return 2 * rows * columns * depth;
}
