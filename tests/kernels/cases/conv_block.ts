import {
  convBlockEvalForward,
  convBlockForward,
  convBlockGradient,
  type ConvBlockShape,
  type ConvBlockTraining,
} from "../../../kernels/conv_block/conv_block.ts";
import { call, kernel } from "../../../kernels/kernel.ts";
import type { Tolerance } from "../../close.ts";
import * as reference from "../../reference.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

const { conv2dShape, pool2dShape } = reference;

/** Worst measured: 2.3e-5 absolute, of values up to 27. */
const TOLERANCE = { atol: 1e-4, rtol: 1e-4 };
/** Of all that a block in training makes, but for what a device notes for itself. */
const FORWARD = {
  runningMean: TOLERANCE,
  runningVar: TOLERANCE,
  convolved: TOLERANCE,
  mean: TOLERANCE,
  invStd: TOLERANCE,
  output: TOLERANCE,
  picked: "any",
} as const;
/** Share of the largest gradient. Worst measured: 1e-6. */
const GRADIENT_SHARE = 1e-4;

const MOMENTUM = 0.25;

/** A block of a convolution, and a 2 × 2 pooling unless said otherwise. */
function block(
  convolution: ConvBlockShape["convolution"],
  pooling: Parameters<typeof pool2dShape>[3] = {
    kernel: [2, 2],
    stride: [2, 2],
  },
): ConvBlockShape {
  const { batch, outChannels, outHeight, outWidth } = convolution;
  return {
    convolution,
    pooling: pool2dShape(batch, outChannels, [outHeight, outWidth], pooling),
    eps: 1e-5,
  };
}
/** The case whose pixels are few numbers: windows have several largest. */
const EQUALS = "equal elements in a window";

const SHAPES: Record<string, ConvBlockShape> = {
  "first layer": block(conv2dShape(3, 1, 16, [28, 28], {
    kernel: [5, 5],
    padding: [2, 2],
  })),
  "second layer": block(conv2dShape(5, 16, 32, [14, 14], {
    kernel: [5, 5],
    padding: [2, 2],
  })),
  "batch 1, odd sizes, rows and columns left over": block(
    conv2dShape(1, 3, 5, [9, 11], { kernel: [5, 5], padding: [2, 2] }),
  ),
  "odd sizes, pooling rounded up": block(
    conv2dShape(2, 3, 5, [9, 11], { kernel: [5, 5], padding: [2, 2] }),
    { kernel: [2, 2], stride: [2, 2], ceilMode: true },
  ),
  "other channels, 3×3 kernel": block(
    conv2dShape(2, 6, 7, [8, 10], { kernel: [3, 3], padding: [1, 1] }),
  ),
  "stride and dilation, 3×2 pooling": block(
    conv2dShape(2, 2, 4, [15, 17], {
      kernel: [3, 2],
      stride: [1, 2],
      padding: [2, 1],
      dilation: [2, 1],
    }),
    { kernel: [3, 2], stride: [2, 1], padding: [1, 1] },
  ),
  [EQUALS]: block(conv2dShape(3, 2, 4, [8, 12], { kernel: [1, 1] })),
  "8 channels to 24, tiles left over, no padding along one axis": block(
    conv2dShape(3, 8, 24, [15, 10], { kernel: [5, 5], padding: [4, 0] }),
  ),
  "37 channels": block(
    conv2dShape(3, 2, 37, [12, 10], { kernel: [3, 3], padding: [1, 1] }),
  ),
  "33 images": block(
    conv2dShape(33, 4, 8, [14, 14], { kernel: [5, 5], padding: [2, 2] }),
  ),
};

/** The kernels of the whole block on every shape. */
export const convBlockCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]): KernelCase[] => [
    {
      name: `convBlockForward: ${name}`,
      run: (harness) => forward(harness, shape, true),
    },
    {
      name: `convBlockForward without bias: ${name}`,
      run: (harness) => forward(harness, shape, false),
    },
    {
      name: `convBlockEvalForward: ${name}`,
      run(harness) {
        const { output } = resultsOf(shape);
        const operands = { ...argumentsOf(shape, true), output };
        harness.check(convBlockEvalForward, operands, shape, TOLERANCE);
      },
    },
    {
      name: `convBlockGradient: ${name}`,
      run: (harness) => gradient(harness, shape, "all"),
    },
    {
      name: `convBlockGradient with respect to the parameters alone: ${name}`,
      run: (harness) => gradient(harness, shape, "parameters"),
    },
    {
      name: `convBlockGradient of a frozen convolution: ${name}`,
      run: (harness) => gradient(harness, shape, "normalisation"),
    },
    {
      name: `convBlockGradient of a frozen weight: ${name}`,
      run: (harness) => gradient(harness, shape, "input"),
    },
  ]);

/** With respect to what gradients are made. */
type Wanted = "all" | "parameters" | "normalisation" | "input";

/** The operands of a block that it reads and updates, as f32 holds them. */
function argumentsOf({ convolution }: ConvBlockShape, withBias: boolean) {
  const { batch, inChannels, inHeight, inWidth, outChannels } = convolution;
  const { kernelHeight, kernelWidth } = convolution;
  const positive = (seed: number) =>
    random(outChannels, seed).map((value) => Math.fround(value + 1.5));
  const pixels = random(batch * inChannels * inHeight * inWidth, 11);
  const few = kernelHeight * kernelWidth === 1;
  return {
    x: few ? pixels.map(Math.round) : pixels,
    weight: random(outChannels * inChannels * kernelHeight * kernelWidth, 12),
    bias: withBias ? random(outChannels, 13) : null,
    // Some of the factors are negative: the largest is then the smallest.
    scale: random(outChannels, 14),
    shift: random(outChannels, 15),
    runningMean: random(outChannels, 16),
    runningVar: positive(17),
  };
}

/** What a block in training makes. */
function resultsOf({ convolution, pooling }: ConvBlockShape) {
  const { batch, outChannels, outHeight, outWidth } = convolution;
  const length = batch * outChannels * pooling.outHeight * pooling.outWidth;
  return {
    convolved: new Float64Array(batch * outChannels * outHeight * outWidth),
    mean: new Float64Array(outChannels),
    invStd: new Float64Array(outChannels),
    output: new Float64Array(length),
    picked: new Int32Array(length),
  };
}

/** The block and its gradients, which are for the device that ran it alone. */
const withGradients = kernel({
  name: "convBlockGradient",
  operands: {
    ...convBlockForward.operands,
    gradOutput: "read",
    gradX: "write?",
    gradWeight: "write?",
    gradBias: "write?",
    gradScale: "write",
    gradShift: "write",
  },
  compose: (operands, shape: ConvBlockTraining) => [
    call(convBlockForward, operands, shape),
    call(convBlockGradient, operands, shape),
  ],
});

function forward(
  harness: KernelHarness,
  shape: ConvBlockShape,
  withBias: boolean,
): void {
  const operands = {
    ...argumentsOf(shape, withBias),
    // Beside the bias, no counter either.
    numBatchesTracked: withBias ? Int32Array.of(41) : null,
    ...resultsOf(shape),
  };
  const params = { ...shape, momentum: MOMENTUM };
  harness.check(convBlockForward, operands, params, FORWARD);
}

function gradient(
  harness: KernelHarness,
  shape: ConvBlockShape,
  wanted: Wanted,
): void {
  const params = { ...shape, momentum: MOMENTUM };
  harness.check(withGradients, gradientOperands(shape, wanted), params, {
    ...FORWARD,
    ...sharesOf(shape),
    // The sum of numbers that cancel out: nothing but their rounding is left.
    gradBias: { atol: 1e-3, rtol: 0 },
  });
}

function gradientOperands(shape: ConvBlockShape, wanted: Wanted) {
  const given = argumentsOf(shape, true);
  const results = resultsOf(shape);
  const { outChannels } = shape.convolution;
  return {
    ...given,
    numBatchesTracked: Int32Array.of(41),
    ...results,
    gradOutput: random(results.output.length, 21),
    gradX: wanted === "all" || wanted === "input"
      ? new Float64Array(given.x.length)
      : null,
    gradWeight: wanted === "all" || wanted === "parameters"
      ? new Float64Array(given.weight.length)
      : null,
    gradBias: wanted === "all" ? new Float64Array(outChannels) : null,
    gradScale: new Float64Array(outChannels),
    gradShift: new Float64Array(outChannels),
  };
}

const known = new Map<ConvBlockShape, Record<string, Tolerance>>();

/** The tolerance of each gradient, a share of the largest of its elements. */
function sharesOf(shape: ConvBlockShape): Record<string, Tolerance> {
  const before = known.get(shape);
  if (before !== undefined) return before;
  const { gradScale, gradShift, gradWeight, gradX } = reference.runReference(
    withGradients,
    gradientOperands(shape, "all"),
    { ...shape, momentum: MOMENTUM },
  );
  const arrays = {
    gradX: gradX!,
    gradWeight: gradWeight!,
    gradScale,
    gradShift,
  };
  const shares = Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => {
      const largest = Math.max(...values.map(Math.abs));
      return [name, { atol: GRADIENT_SHARE * largest, rtol: 0 }];
    }),
  );
  known.set(shape, shares);
  return shares;
}
