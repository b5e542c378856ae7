import type { OnnxOperation } from "../formats/onnx.ts";
import type { Call, Params, Value } from "./_graph.ts";
import type { Attribute } from "./_messages.ts";

/** How ONNX has what a kernel computes. */
export interface Rule {
  /** The operand that the kernel writes. Default `output`. */
  readonly output?: string;
  /**
   * Adds the operations, and gives what they make of the kernel's operands; null
   * where that is for the rule of a later kernel.
   */
  add(call: Call): Value | null;
}

/** The rule of a kernel that is one operation, of these operands. */
function single(
  operation: OnnxOperation,
  inputs: readonly string[] = ["x"],
  attributesOf: (
    params: Params,
  ) => Readonly<Record<string, Attribute>> = () => ({}),
): Rule {
  return {
    add: (call) =>
      call.node(operation, call.inputs(...inputs), attributesOf(call.params)),
  };
}

const binary = (operation: OnnxOperation) =>
  single(operation, ["left", "right"]);

/** The rules, by the kernels' names. */
export const rules: Readonly<Record<string, Rule>> = {
  abs: single("Abs"),
  add: binary("Add"),
  avgPool2dForward: { add: averaged },
  batchNorm2dInvStd: {
    output: "invStd",
    add(call) {
      call.keepVariance();
      return null;
    },
  },
  batchNorm2dNormalise: { add: normalised },
  conv2dForward: single("Conv", ["x", "weight", "bias"], (params) => ({
    ...windowOf(params),
    dilations: [params.dilationHeight, params.dilationWidth],
    group: params.groups,
  })),
  conv2dInputGradient: { output: "gradX", add: transposed },
  copy: single("Identity", ["source"]),
  div: binary("Div"),
  elu: single("Elu", ["x"], ({ alpha }) => ({ alpha: { float: alpha } })),
  exp: single("Exp"),
  // What has it as an operand finds a constant.
  fill: { add: () => null },
  gelu: { add: gelu },
  geluTanh: { add: geluTanh },
  groupNormForward: { add: groupNormalised },
  leakyRelu: single("LeakyRelu", ["x"], ({ slope }) => ({
    alpha: { float: slope },
  })),
  linearForward: single("Gemm", ["x", "weight", "bias"], () => ({ transB: 1 })),
  log: single("Log"),
  logSoftmax: { add: (call) => alongAxis("LogSoftmax", call) },
  maxPool2dForward: single("MaxPool", ["x"], (params) => ({
    ...windowOf(params),
    dilations: [params.dilationHeight, params.dilationWidth],
  })),
  maximum: binary("Max"),
  minimum: binary("Min"),
  mul: binary("Mul"),
  neg: single("Neg"),
  pow: binary("Pow"),
  relu: single("Relu"),
  sigmoid: single("Sigmoid"),
  silu: {
    add(call) {
      const [x] = call.inputs("x");
      return call.node("Mul", [x, call.node("Sigmoid", [x])]);
    },
  },
  softmax: { add: (call) => alongAxis("Softmax", call) },
  softplus: { add: softplus },
  sqrt: single("Sqrt"),
  square: single("Mul", ["x", "x"]),
  sub: binary("Sub"),
  sum: { add: summed },
  tanh: single("Tanh"),
};

/** Kernel, stride and padding; what the last window needs is padding too. */
function windowOf(params: Params) {
  const end = (side: "Height" | "Width") =>
    (params[`out${side}`] - 1) * params[`stride${side}`] +
    (params[`kernel${side}`] - 1) * params[`dilation${side}`] + 1 -
    params[`in${side}`] - params[`padding${side}`];
  return {
    kernel_shape: [params.kernelHeight, params.kernelWidth],
    strides: [params.strideHeight, params.strideWidth],
    pads: [
      ...[params.paddingHeight, params.paddingWidth],
      ...[Math.max(0, end("Height")), Math.max(0, end("Width"))],
    ],
  };
}

/**
 * An average pooling. What a last window has beyond the padding does not count:
 * where the padding does, that is put around the input before.
 */
function averaged(call: Call): Value {
  const [x] = call.inputs("x");
  const window = windowOf(call.params);
  const [top, left, bottom, right] = window.pads;
  const counts = Boolean(call.params.countIncludePad);
  if (!counts || (bottom <= top && right <= left)) {
    const attributes = { ...window, count_include_pad: Number(counts) };
    return call.node("AveragePool", [x], attributes);
  }
  const pads = [0, 0, Math.max(0, bottom - top), Math.max(0, right - left)];
  const around = [0, 0, top, left, 0, 0, top, left];
  const padded = top === 0 && left === 0 ? x : call.pad(x, around);
  const attributes = { ...window, pads, count_include_pad: 0 };
  return call.node("AveragePool", [padded], attributes);
}

/** A batch normalisation; ONNX has the variance where a kernel has `invStd`. */
function normalised(call: Call): Value {
  const { eps, variance } = call.variance();
  const [x, weight, bias, mean] = call.inputs("x", "weight", "bias", "mean");
  return call.node("BatchNormalization", [x, weight, bias, mean, variance], {
    epsilon: { float: eps },
  });
}

/** A transposed convolution: the gradient of the convolution that it names. */
function transposed(call: Call): Value {
  const { params } = call;
  // What the convolution would leave over at the end of its input.
  const over = (side: "Height" | "Width") =>
    params[`in${side}`] + 2 * params[`padding${side}`] -
    (params[`kernel${side}`] - 1) * params[`dilation${side}`] - 1 -
    (params[`out${side}`] - 1) * params[`stride${side}`];
  const { paddingHeight, paddingWidth } = params;
  return call.node(
    "ConvTranspose",
    call.inputs("gradOutput", "weight", "bias"),
    {
      kernel_shape: [params.kernelHeight, params.kernelWidth],
      strides: [params.strideHeight, params.strideWidth],
      dilations: [params.dilationHeight, params.dilationWidth],
      pads: [paddingHeight, paddingWidth, paddingHeight, paddingWidth],
      output_padding: [over("Height"), over("Width")],
      group: params.groups,
    },
  );
}

/** `x/2 · (1 + erf(x/√2))`. */
function gelu(call: Call): Value {
  const [x] = call.inputs("x");
  const scaled = call.node("Mul", [x, call.number(Math.SQRT1_2)]);
  return halfOf(call, x, call.node("Erf", [scaled]));
}

/** `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`. */
function geluTanh(call: Call): Value {
  const [x] = call.inputs("x");
  const cube = call.node("Mul", [x, call.node("Mul", [x, x])]);
  const share = call.node("Mul", [cube, call.number(0.044715)]);
  const factor = call.number(Math.sqrt(2 / Math.PI));
  const scaled = call.node("Mul", [call.node("Add", [x, share]), factor]);
  return halfOf(call, x, call.node("Tanh", [scaled]));
}

/** `x/2 · (1 + y)`. */
function halfOf(call: Call, x: Value, y: Value): Value {
  const sum = call.node("Add", [y, call.number(1)]);
  return call.node("Mul", [call.node("Mul", [x, call.number(0.5)]), sum]);
}

/** `log(1 + exp(beta · x)) / beta`, which is `x` in f32 beyond the threshold. */
function softplus(call: Call): Value {
  const [x] = call.inputs("x");
  const { beta, threshold } = call.params;
  if (threshold < 17) {
    throw call.refused(`threshold ${threshold}`, "17 or more");
  }
  if (beta === 1) return call.node("Softplus", [x]);
  const scaled = call.node("Mul", [x, call.number(beta)]);
  return call.node("Div", [
    call.node("Softplus", [scaled]),
    call.number(beta),
  ]);
}

/** Softmax and its logarithm, along the axis after which `inner` elements lie. */
function alongAxis(operation: "LogSoftmax" | "Softmax", call: Call): Value {
  const [x] = call.inputs("x");
  const { inner, size } = call.params;
  let axis = -1;
  for (let after = 1; after !== inner || x.shape.at(axis) !== size; axis--) {
    after *= x.shape.at(axis)!;
  }
  return call.node(operation, [x], { axis });
}

/**
 * The normalisation of groups of channels, or of the last axes, which are then the
 * channels: of the rows of `[batch, groups, elements]`, and then times weight and
 * plus bias as `[batch, channels, area]`.
 */
function groupNormalised(call: Call): Value {
  const { area, channels, eps, groups } = call.params;
  const [x, weight, bias] = call.inputs("x", "weight", "bias");
  const rows = call.reshape(x, [-1, groups, channels * area]);
  const factors = call.numbers(new Float32Array(groups).fill(1));
  const summands = call.numbers(new Float32Array(groups));
  const epsilon = { float: eps };
  const normal = call.node(
    "InstanceNormalization",
    [rows, factors, summands],
    { epsilon },
  );
  const all = groups * channels;
  const scaled = call.node("Mul", [
    call.reshape(normal, [-1, all, area]),
    call.reshape(weight, [all, 1]),
  ]);
  const shifted = call.node("Add", [scaled, call.reshape(bias, [all, 1])]);
  return call.reshape(shifted, [-1, ...x.shape.slice(1)]);
}

/**
 * A sum or a mean, as ONNX's mean times a number. The axes follow from the shapes,
 * the batch's not among them; a value of one element has them all.
 */
function summed(call: Call): Value {
  const [x] = call.inputs("x");
  const { shape } = call;
  const axes = x.shape.map((_, axis) => axis).slice(1);
  const found = subsetsOf(axes).filter((some) => {
    const isReduced = (_: number, axis: number) => some.includes(axis);
    const kept = x.shape.map((size, axis) => isReduced(size, axis) ? 1 : size);
    const removed = x.shape.filter((_, axis) => !some.includes(axis));
    return [kept, removed].some((one) => String(one) === String(shape));
  });
  // Axes of one element may be among them or not.
  const sizes = (some: readonly number[]) =>
    some.filter((axis) => x.shape[axis] > 1).join();
  if (new Set(found.map(sizes)).size !== 1) {
    throw call.refused(
      `[${x.shape.join(", ")}] to [${shape.join(", ")}]`,
      "axes that the sizes tell apart, and not the batch's",
    );
  }
  const [reduced] = found;
  const count = reduced.reduce((product, axis) => product * x.shape[axis], 1);
  const mean = call.node("ReduceMean", [x], { axes: reduced, keepdims: 1 });
  const own = call.reshape(mean, [-1, ...shape.slice(1)]);
  const factor = count * call.params.factor;
  if (Math.fround(factor) === 1) return own;
  return call.node("Mul", [own, call.number(factor)]);
}

/** All subsets of some axes but the empty one, the largest first. */
function subsetsOf(axes: readonly number[]): number[][] {
  const all = Array.from(
    { length: 2 ** axes.length - 1 },
    (_, bits) => axes.filter((_, place) => (bits + 1) >> place & 1),
  );
  return all.toSorted((a, b) => b.length - a.length);
}
