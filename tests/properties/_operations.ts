import * as fc from "npm:fast-check@4.11.0";
import { Tensor } from "../../src/core/tensor.ts";
import { convBlock } from "../../src/ops/conv_block.ts";
import * as ops from "../../src/ops/mod.ts";
import { type GradcheckCase, uniformInput } from "../gradcheck.ts";

/** Random calls of an operation. */
type Calls = fc.Arbitrary<GradcheckCase>;

const from = (min: number, max: number) => fc.integer({ min, max });
const seed = from(1, 1e6);
const shape = (min: number, max: number, size = 7) =>
  fc.array(from(1, size), { minLength: min, maxLength: max });
const pairOf = (min: number, max: number) =>
  fc.tuple(from(min, max), from(min, max));

/** An operation of one tensor of any shape. */
function elementwise(
  run: (x: Tensor) => Tensor,
  values: { center?: number; scale?: number } = { scale: 3 },
): Calls {
  return fc.tuple(shape(1, 4), seed).map(([shape, seed]) => ({
    run,
    inputs: [uniformInput(shape, seed, values)],
  }));
}

/** An operation of two tensors, whose axes of size 1 spread over the other's. */
function broadcast(
  run: (a: Tensor, b: Tensor) => Tensor,
  values: { center?: number; scale?: number } = {},
): Calls {
  const axis = fc.tuple(from(1, 6), fc.constantFrom("both", "both", "a", "b"));
  return fc.tuple(
    fc.array(axis, { minLength: 1, maxLength: 4 }),
    from(0, 3),
    fc.boolean(),
    seed,
  ).map(([axes, missing, isLeft, seed]) => {
    const sizes = (own: string) =>
      axes.map(([size, spread]) => spread === own ? 1 : size);
    const drop = (shape: number[]) =>
      shape.slice(Math.min(missing, shape.length - 1));
    const [a, b] = [sizes("a"), sizes("b")];
    return {
      run,
      inputs: [
        uniformInput(isLeft ? drop(a) : a, seed, values),
        uniformInput(isLeft ? b : drop(b), seed + 1, values),
      ],
    };
  });
}

/** A reduction of some axes, or all. */
function reduction(
  run: (x: Tensor, options: { dim?: number[]; keepdim: boolean }) => Tensor,
): Calls {
  return fc.tuple(shape(1, 4), from(0, 15), fc.boolean(), seed).map(
    ([shape, mask, keepdim, seed]) => {
      const dim = [...shape.keys()].filter((axis) => mask >> axis & 1);
      const options = { ...dim.length === 0 ? {} : { dim }, keepdim };
      return {
        run: (x) => run(x, options),
        inputs: [uniformInput(shape, seed)],
      };
    },
  );
}

/** An operation along one axis. */
function along(
  run: (x: Tensor, axis: number) => Tensor,
  size = 40,
): Calls {
  return fc.tuple(shape(1, 3, size), from(0, 2), seed).map(
    ([shape, axis, seed]) => ({
      run: (x) => run(x, axis % shape.length),
      inputs: [uniformInput(shape, seed, { scale: 4 })],
    }),
  );
}

/** Convolutions, transposed or not, of any stride, padding, dilation, groups. */
function convolution(isTransposed: boolean): Calls {
  return fc.record({
    batch: from(1, 4),
    channels: pairOf(1, 5),
    groups: fc.constantFrom(1, 1, 2, 3),
    image: pairOf(1, 13),
    kernel: pairOf(1, 4),
    stride: pairOf(1, 3),
    padding: pairOf(0, 3),
    dilation: pairOf(1, 2),
    seed,
  }).map(
    ({ batch, channels: [i, o], groups, image, kernel, seed, ...rest }) => {
      const { dilation, padding } = rest;
      // At least one window fits.
      const fitting = image.map((size, axis) =>
        isTransposed
          ? size + 2 * padding[axis]
          : Math.max(size, dilation[axis] * (kernel[axis] - 1) + 1)
      );
      const options = { ...rest, groups };
      const weight = isTransposed
        ? [i * groups, o, ...kernel]
        : [o * groups, i, ...kernel];
      return {
        run: (x: Tensor, weight: Tensor, bias: Tensor) =>
          isTransposed
            ? ops.convTranspose2d(x, weight, bias, options)
            : ops.conv2d(x, weight, bias, options),
        inputs: [
          uniformInput([batch, i * groups, ...fitting], seed),
          uniformInput(weight, seed + 1),
          uniformInput([o * groups], seed + 2),
        ],
      };
    },
  );
}

/** A fused block of what convolutional networks are made of. */
const blocks: Calls = fc.record({
  batch: from(1, 6),
  channels: pairOf(1, 9),
  image: pairOf(6, 14),
  kernel: from(1, 5),
  normalises: fc.boolean(),
  training: fc.boolean(),
  activates: fc.boolean(),
  pools: fc.boolean(),
  seed,
}).map((
  { batch, channels: [i, o], image, kernel, seed, training, ...has },
) => ({
  run: (x, weight, bias, scale, shift) => {
    const running = () => ({
      runningMean: Tensor.from(x.device, Array(o).fill(0.25), [o]),
      runningVar: Tensor.from(x.device, Array(o).fill(0.5), [o]),
    });
    const padding = Math.floor(kernel / 2);
    return convBlock(x, {
      convolution: { weight, bias, padding },
      ...has.normalises
        ? {
          normalisation: { weight: scale, bias: shift, ...running(), training },
        }
        : {},
      ...has.activates || !has.normalises && !has.pools
        ? { activation: "relu" }
        : {},
      ...has.pools ? { pooling: { kernelSize: 2 } } : {},
    });
  },
  inputs: [
    uniformInput([batch, i, ...image], seed),
    uniformInput([o, i, kernel, kernel], seed + 1),
    uniformInput([o], seed + 2),
    uniformInput([o], seed + 3, { center: 1, scale: 0.5 }),
    uniformInput([o], seed + 4),
  ],
}));

/** Pooling with windows of any kind. */
function pooling(
  run: (x: Tensor, size: [number, number], options: object) => Tensor,
  hasDilation: boolean,
): Calls {
  return fc.record({
    planes: pairOf(1, 4),
    image: pairOf(4, 13),
    size: pairOf(1, 4),
    stride: pairOf(1, 4),
    padding: from(0, 2),
    ceilMode: fc.boolean(),
    dilation: from(1, 2),
    seed,
  }).map(
    ({ ceilMode, dilation, image, padding, planes, seed, size, stride }) => {
      const half = Math.min(...size) / 2;
      const fitting = image.map((one) => Math.max(one, 2 * 4));
      const options = {
        stride,
        padding: Math.min(padding, Math.floor(half)),
        ceilMode,
        ...hasDilation ? { dilation } : {},
      };
      return {
        run: (x) => run(x, size, options),
        inputs: [uniformInput([...planes, ...fitting], seed)],
      };
    },
  );
}

/** Normalisation of batches, in training or not. */
const batchNorms: Calls = fc.tuple(
  fc.tuple(from(2, 6), from(1, 7), from(1, 9), from(1, 9)),
  fc.boolean(),
  seed,
).map(([shape, training, seed]) => ({
  run: (x, weight, bias) => {
    const channels = shape[1];
    const all = (value: number) =>
      Tensor.from(x.device, Array(channels).fill(value), [channels]);
    const running = { runningMean: all(0.5), runningVar: all(2) };
    return ops.batchNorm2d(x, { weight, bias, ...running, training });
  },
  inputs: [
    uniformInput(shape, seed, { scale: 2, center: 1 }),
    uniformInput([shape[1]], seed + 1),
    uniformInput([shape[1]], seed + 2),
  ],
}));

const groupNorms: Calls = fc.tuple(
  from(1, 4),
  from(1, 3),
  from(1, 4),
  shape(1, 2, 8),
  seed,
).map(([batch, groups, each, area, seed]) => ({
  run: (x, weight, bias) => ops.groupNorm(x, groups, weight, bias),
  inputs: [
    // Of one element alone there is no deviation.
    uniformInput([batch, groups * each, ...area, 2], seed, { center: 1 }),
    uniformInput([groups * each], seed + 1),
    uniformInput([groups * each], seed + 2),
  ],
}));

const layerNorms: Calls = fc.tuple(shape(1, 3), from(2, 60), seed).map(
  ([shape, last, seed]) => ({
    run: (x, weight, bias) => ops.layerNorm(x, last, weight, bias),
    inputs: [
      uniformInput([...shape, last], seed, { center: 1 }),
      uniformInput([last], seed + 1),
      uniformInput([last], seed + 2),
    ],
  }),
);

/** Losses of scores against labels. */
function labelled(
  run: (scores: Tensor, labels: Tensor<readonly number[], "i32">) => Tensor,
): Calls {
  return fc.tuple(from(1, 300), from(1, 17), seed).map(
    ([batch, classes, seed]) => ({
      run: (scores) => {
        const labels = Int32Array.from(
          { length: batch },
          (_, row) => (row * 7 + seed) % classes,
        );
        return run(scores, Tensor.from(scores.device, labels, [batch]));
      },
      inputs: [uniformInput([batch, classes], seed, { scale: 5 })],
    }),
  );
}

const products: Calls = fc.tuple(
  shape(0, 2, 3),
  from(1, 40),
  from(1, 40),
  from(1, 40),
  fc.boolean(),
  seed,
).map(([batch, rows, depth, columns, isShared, seed]) => ({
  run: ops.matmul,
  inputs: [
    uniformInput([...batch, rows, depth], seed),
    uniformInput([...isShared ? [] : batch, depth, columns], seed + 1),
  ],
}));

const linears: Calls = fc.tuple(from(1, 70), from(1, 70), from(1, 70), seed)
  .map(
    ([batch, inputs, outputs, seed]) => ({
      run: ops.linear,
      inputs: [
        uniformInput([batch, inputs], seed),
        uniformInput([outputs, inputs], seed + 1),
        uniformInput([outputs], seed + 2),
      ],
    }),
  );

const images = fc.tuple(from(1, 3), from(1, 3), from(1, 9), from(1, 9));

/** Random calls of the operations, by the names of their kernels. */
export const operations: Readonly<Record<string, Calls>> = {
  abs: elementwise(ops.abs),
  add: broadcast(ops.add),
  adaptiveAvgPool2d: fc.tuple(images, pairOf(1, 9), seed).map(
    ([shape, size, seed]) => ({
      run: (x) => ops.adaptiveAvgPool2d(x, size),
      inputs: [uniformInput(shape, seed)],
    }),
  ),
  avgPool2d: pooling(ops.avgPool2d, false),
  batchNorm2d: batchNorms,
  clamp: elementwise((x) => ops.clamp(x, -0.7, 1.1)),
  concat: fc.tuple(shape(1, 3), from(0, 2), from(1, 5), seed).map(
    ([shape, axis, size, seed]) => {
      const dim = axis % shape.length;
      return {
        run: (a, b) => ops.concat([a, b, a], dim),
        inputs: [
          uniformInput(shape, seed),
          uniformInput(shape.with(dim, size), seed + 1),
        ],
      };
    },
  ),
  conv2d: convolution(false),
  convBlock: blocks,
  convTranspose2d: convolution(true),
  crossEntropy: labelled((scores, labels) =>
    ops.crossEntropy(scores, labels, { labelSmoothing: 0.1 })
  ),
  div: broadcast(ops.div, { center: 2 }),
  dropout: elementwise((x) => {
    const state = Tensor.from(x.device, Int32Array.of(3, 42), [2]);
    return ops.dropout(x, 0.4, state);
  }),
  elu: elementwise(ops.elu),
  exp: elementwise(ops.exp),
  expand: broadcast((a, b) => ops.add(ops.mul(a, 0), b)),
  gelu: elementwise((x) => ops.gelu(x)),
  groupNorm: groupNorms,
  indexSelect: fc.tuple(
    shape(1, 3),
    from(0, 2),
    fc.array(from(0, 99), { minLength: 1, maxLength: 9 }),
    seed,
  ).map(([shape, axis, picks, seed]) => {
    const dim = axis % shape.length;
    const index = picks.map((pick) => pick % shape[dim]);
    return {
      run: (x) => ops.indexSelect(x, dim, index),
      inputs: [uniformInput(shape, seed)],
    };
  }),
  layerNorm: layerNorms,
  leakyRelu: elementwise((x) => ops.leakyRelu(x, 0.2)),
  linear: linears,
  log: elementwise(ops.log, { center: 2, scale: 1.5 }),
  logSoftmax: along(ops.logSoftmax),
  logsumexp: along((x, dim) => ops.logsumexp(x, { dim })),
  matmul: products,
  max: along((x, dim) => ops.max(x, dim).values),
  maximum: broadcast(ops.maximum),
  maxPool2d: pooling(ops.maxPool2d, true),
  mean: reduction(ops.mean),
  mul: broadcast(ops.mul),
  nllLoss: labelled((scores, labels) => ops.nllLoss(scores, labels)),
  norm: reduction((x, options) => ops.norm(x, 2, options)),
  pad: fc.tuple(images, fc.tuple(pairOf(0, 3), pairOf(0, 3)), seed).map(
    ([shape, padding, seed]) => ({
      run: (x) => ops.pad(x, padding.flat(), "constant", 0.5),
      inputs: [uniformInput(shape, seed)],
    }),
  ),
  permute: fc.tuple(
    shape(4, 4),
    fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    seed,
  ).map(([shape, order, seed]) => ({
    run: (x) => ops.permute(x, order),
    inputs: [uniformInput(shape, seed)],
  })),
  relu: elementwise(ops.relu),
  sigmoid: elementwise(ops.sigmoid),
  silu: elementwise(ops.silu),
  slice: fc.tuple(shape(1, 4), from(0, 3), from(0, 6), from(1, 7), seed).map(
    ([shape, axis, start, step, seed]) => {
      const dim = axis % shape.length;
      return {
        run: (x) => ops.slice(x, dim, start % shape[dim], Infinity, step),
        inputs: [uniformInput(shape, seed)],
      };
    },
  ),
  smoothL1Loss: broadcast((a, b) =>
    ops.smoothL1Loss(a, ops.add(ops.mul(a, 0), ops.mean(b)), { beta: 0.3 })
  ),
  softmax: along(ops.softmax),
  softplus: elementwise((x) => ops.softplus(x)),
  sqrt: elementwise(ops.sqrt, { center: 2, scale: 1.5 }),
  square: elementwise(ops.square),
  sub: broadcast(ops.sub),
  sum: reduction(ops.sum),
  tanh: elementwise(ops.tanh),
  upsample: fc.tuple(
    images,
    pairOf(1, 12),
    fc.constantFrom("nearest" as const, "bilinear" as const),
    seed,
  ).map(([shape, size, mode, seed]) => ({
    run: (x) => ops.upsample(x, { size, mode }),
    inputs: [uniformInput(shape, seed)],
  })),
  variance: reduction((x, options) =>
    ops.variance(x, { ...options, correction: 0 })
  ),
  where: broadcast((a, b) => ops.where(ops.gt(a, b), ops.mul(a, 2), b)),
};
