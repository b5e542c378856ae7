/**
 * ONNX's own node cases for what a convolutional network computes, on both
 * devices. A case that the operations here cannot express is named, with the
 * reason.
 */
import { assert, assertEquals } from "@std/assert";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { type Labels, Tensor } from "../../src/core/tensor.ts";
import * as ops from "../../src/ops/mod.ts";
import { assertClose } from "../close.ts";
import { Golden } from "../golden.ts";
import { isPermitted, needs } from "../permissions.ts";
import { webGpuTest } from "../_webgpu.ts";

needs(import.meta.url, "read");

type Attribute = number | string | readonly number[];
type Attributes = Readonly<Record<string, Attribute | undefined>>;

/**
 * An operation of ONNX made of ours: the outputs, or the reason why not. Some
 * depend on what the file has under the name of the case.
 */
type Operation = (
  inputs: readonly Tensor[],
  attributes: Attributes,
  name: string,
) => readonly Tensor[] | string;

const golden = await Golden.read("onnx_cases");
const cases: Readonly<
  Record<string, { operation: string; attributes: Attributes }>
> = isPermitted("read") ? JSON.parse(golden.metadata.cases) : {};

/** The axes of images that windows move over. */
const spatial = 2;

const operations: Readonly<Record<string, Operation>> = {
  Add: ([a, b]) => isF32(a, b) ?? [ops.add(a, b)],
  Mul: ([a, b]) => isF32(a, b) ?? [ops.mul(a, b)],
  Relu: ([x]) => [ops.relu(x)],
  ArgMax: ([x], { axis = 0, keepdims = 1, select_last_index = 0 }) =>
    select_last_index === 1
      ? "the last of equal elements"
      : [ops.argmax(x, axis as number, keepdims === 1) as unknown as Tensor],
  ReduceMean: ([x], { axes, keepdims = 1 }) => [
    ops.mean(x, { dim: axes as number[], keepdim: keepdims === 1 }),
  ],
  ReduceSum: ([x], { keepdims = 1, noop_with_empty_axes = 0 }, name) => {
    const axes = [...golden.integers(`${name}/input1`)];
    if (axes.length === 0 && noop_with_empty_axes === 1) return [x];
    const dim = axes.length === 0 ? undefined : axes;
    return [ops.sum(x, { dim, keepdim: keepdims === 1 })];
  },
  Flatten: ([x], { axis = 1 }) => {
    const from = (axis as number) < 0
      ? (axis as number) + x.shape.length
      : axis as number;
    const rows = x.shape.slice(0, from).reduce((a, b) => a * b, 1);
    return [x.reshape([rows, -1])];
  },
  Gemm: ([a, b, c], { alpha = 1, beta = 1, transA = 0, transB = 0 }) => {
    const left = transA === 1 ? ops.transpose(a, 0, 1) : a;
    const right = transB === 1 ? ops.transpose(b, 0, 1) : b;
    const product = ops.mul(ops.matmul(left, right), alpha as number);
    return [c ? ops.add(product, ops.mul(c, beta as number)) : product];
  },
  Conv: ([x, weight, bias = null], attributes) => {
    const padded = paddedFor(x, attributes);
    if (typeof padded === "string") return padded;
    const { dilations: dilation, group: groups, strides: stride } = attributes;
    const options = { dilation, groups, stride } as ops.Conv2dOptions;
    return [ops.conv2d(padded, weight, bias, given(options))];
  },
  ConvTranspose: convTranspose,
  MaxPool: ([x], attributes, name) => {
    if (x.dtype !== "f32") return `elements of ${x.dtype}`;
    if (golden.tensors.has(`${name}/output1`)) return "indices beside values";
    const padded = paddedFor(x, attributes, -Infinity);
    if (typeof padded === "string") return padded;
    const { ceil_mode, dilations, kernel_shape, strides = [1, 1] } = attributes;
    return [ops.maxPool2d(padded, kernel_shape as [number, number], {
      stride: strides as [number, number],
      ...given({ dilation: dilations as [number, number] | undefined }),
      ceilMode: ceil_mode === 1,
    })];
  },
  AveragePool: averagePool,
  GlobalAveragePool: ([x]) => [ops.adaptiveAvgPool2d(x, 1)],
  BatchNormalization: (
    [x, weight, bias, runningMean, runningVar],
    { epsilon = 1e-5, momentum = 0.9, training_mode = 0 },
  ) => {
    const training = training_mode === 1;
    // ONNX keeps the biased variance as running variance, PyTorch the unbiased.
    if (training) return "a running variance that is biased";
    return [ops.batchNorm2d(x, {
      ...{ weight, bias, runningMean, runningVar, training },
      eps: epsilon as number,
      momentum: 1 - (momentum as number),
    })];
  },
  NegativeLogLikelihoodLoss: ([x, labels, weight], attributes) => [
    ops.nllLoss(
      x,
      labels as unknown as Labels,
      lossOptions(attributes, weight),
    ),
  ],
  SoftmaxCrossEntropyLoss: ([x, labels, weight], attributes, name) => {
    const loss = ops.crossEntropy(
      x,
      labels as unknown as Labels,
      lossOptions(attributes, weight),
    );
    return golden.tensors.has(`${name}/output1`)
      ? [loss, ops.logSoftmax(x, 1)]
      : [loss];
  },
};

function isF32(...inputs: readonly Tensor[]): string | null {
  const other = inputs.find(({ dtype }) => dtype !== "f32");
  return other === undefined ? null : `elements of ${other.dtype}`;
}

function lossOptions(
  { ignore_index, reduction = "mean" }: Attributes,
  weight?: Tensor,
) {
  return {
    reduction: reduction as "mean" | "none" | "sum",
    ...given({ weight, ignoreIndex: ignore_index as number | undefined }),
  };
}

/** Options without those that a case leaves open. */
function given<T extends object>(options: T): T {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined),
  ) as T;
}

/**
 * Images with what a window needs around them, which ONNX may ask for on one
 * side more than on the other.
 */
function paddedFor(
  x: Tensor,
  attributes: Attributes,
  value = 0,
): Tensor | string {
  if (x.shape.length !== 2 + spatial) {
    return "images of one or three dimensions";
  }
  const pads = padsOf(x.shape, attributes);
  if (pads.every((pixels) => pixels === 0)) return x;
  const [top, left, bottom, right] = pads;
  return ops.pad(x, [left, right, top, bottom], "constant", value);
}

/** Pixels at the top, left, bottom and right. */
function padsOf(
  shape: readonly number[],
  { auto_pad = "NOTSET", dilations, kernel_shape, pads, strides }: Attributes,
): number[] {
  if (auto_pad === "NOTSET" || auto_pad === "VALID") {
    return [...(pads as number[] | undefined) ?? [0, 0, 0, 0]];
  }
  const sides = shape.slice(2).map((size, axis) => {
    const stride = (strides as number[] | undefined)?.[axis] ?? 1;
    const dilation = (dilations as number[] | undefined)?.[axis] ?? 1;
    const extent = dilation * ((kernel_shape as number[])[axis] - 1) + 1;
    const whole = Math.max(
      0,
      (Math.ceil(size / stride) - 1) * stride + extent - size,
    );
    const less = Math.floor(whole / 2);
    return auto_pad === "SAME_UPPER"
      ? [less, whole - less]
      : [whole - less, less];
  });
  return [sides[0][0], sides[1][0], sides[0][1], sides[1][1]];
}

function averagePool(
  [x]: readonly Tensor[],
  attributes: Attributes,
): readonly Tensor[] | string {
  if (x.shape.length !== 2 + spatial) {
    return "images of one or three dimensions";
  }
  const { ceil_mode, count_include_pad, kernel_shape, strides = [1, 1] } =
    attributes;
  const [top, left, bottom, right] = padsOf(x.shape, attributes);
  const kernel = kernel_shape as [number, number];
  const stride = strides as [number, number];
  // PyTorch pads both sides, by at most half of the kernel.
  const isPyTorchs = top === bottom && left === right &&
    2 * top <= kernel[0] && 2 * left <= kernel[1];
  if (isPyTorchs) {
    return [ops.avgPool2d(x, kernel, {
      stride,
      padding: [top, left],
      ceilMode: ceil_mode === 1,
      countIncludePad: count_include_pad === 1,
    })];
  }
  const padding = [left, right, top, bottom] as const;
  if (count_include_pad === 1) {
    return [ops.avgPool2d(ops.pad(x, padding), kernel, { stride })];
  }
  // Sums of what is there, by how many of it there are.
  const ones = ops.add(ops.mul(x, 0), 1);
  const [sums, counts] = [x, ones].map((images) =>
    ops.avgPool2d(ops.pad(images, padding), kernel, { stride })
  );
  return [ops.div(sums, counts)];
}

function convTranspose(
  [x, weight, bias]: readonly Tensor[],
  attributes: Attributes,
): readonly Tensor[] | string {
  if (x.shape.length !== 2 + spatial) {
    return "images of one or three dimensions";
  }
  const {
    auto_pad = "NOTSET",
    dilations,
    group: groups,
    output_padding,
    output_shape,
    pads = [0, 0, 0, 0],
    strides = [1, 1],
  } = attributes;
  const options = given({
    stride: strides as [number, number],
    dilation: dilations as [number, number] | undefined,
    groups: groups as number | undefined,
  });
  const sizes = output_shape as number[] | undefined;
  if (auto_pad === "NOTSET" && sizes === undefined) {
    const [top, left, bottom, right] = pads as number[];
    if (top !== bottom || left !== right) return "a padding of unequal sides";
    return [ops.convTranspose2d(x, weight, bias ?? null, {
      ...options,
      ...given({
        outputPadding: output_padding as [number, number] | undefined,
      }),
      padding: [top, left],
    })];
  }
  // The whole output, cut or filled up to the size that is asked for.
  const whole = ops.convTranspose2d(x, weight, bias ?? null, options);
  const wanted = sizes ??
    x.shape.slice(2).map((size, axis) => size * (strides as number[])[axis]);
  const [bottom, right] = wanted.map((size, axis) =>
    size - whole.shape[2 + axis]
  );
  const isUpper = auto_pad === "SAME_UPPER" || sizes !== undefined;
  const before = isUpper ? [0, 0] : [bottom, right];
  return [
    ops.pad(whole, [
      ...[before[1], right - before[1]],
      ...[before[0], bottom - before[0]],
    ]),
  ];
}

/** The cases that are not expressed, with the reason. */
const reasons = new Map<string, string>();
/** The cases that are. */
const expressed = new Set<string>();

async function check(device: Device, name: string): Promise<void> {
  const { attributes, operation } = cases[name];
  const inputs: Tensor[] = [];
  for (let index = 0; golden.tensors.has(`${name}/input${index}`); index++) {
    const { data } = golden.tensor(`${name}/input${index}`);
    if (data.length > 0) inputs.push(inputOf(device, `${name}/input${index}`));
  }
  const outputs = operations[operation](inputs, attributes, name);
  if (typeof outputs === "string") {
    reasons.set(name, outputs);
    return;
  }
  expressed.add(name);
  for (const [index, output] of outputs.entries()) {
    const expected = golden.tensor(`${name}/output${index}`);
    const shape = expected.shape.length === 0 ? [1] : expected.shape;
    assertEquals(output.shape, shape, name);
    assertClose(
      await output.data(),
      golden.numbers(`${name}/output${index}`),
      { atol: 1e-5, rtol: 1e-4 },
      name,
    );
  }
}

/** An input on the device; a scalar has one element. */
function inputOf(device: Device, name: string): Tensor {
  const { data, dtype, shape } = golden.tensor(name);
  const values = dtype === "F32"
    ? Float32Array.from(data as Float32Array)
    : dtype === "U8"
    ? Uint8Array.from(data as Uint8Array)
    : Int32Array.from(data as BigInt64Array, Number);
  const own = shape.length === 0 ? [1] : shape;
  return Tensor.from(device, values, own) as unknown as Tensor;
}

const cpu = CpuDevice.open({ poison: true, splitFrom: 0, threads: 2 });
for (const name of Object.keys(cases)) {
  Deno.test(`ONNX: ${name} (cpu)`, () => check(cpu, name));
  webGpuTest(`ONNX: ${name} (webgpu)`, (device) => check(device, name));
}

Deno.test("at least 110 of ONNX's cases are expressed", () => {
  assert(
    expressed.size >= 110,
    `${expressed.size}; not: ${JSON.stringify(Object.fromEntries(reasons))}`,
  );
});
