import type { AnyKernel, Operand } from "../../kernels/kernel.ts";
import { describe } from "../base/errors.ts";
import type { OnnxOperation } from "../formats/onnx.ts";
import type { Attribute, Node } from "./_messages.ts";

/** A value of the graph. */
export interface Value {
  /** Its name. */
  readonly name: string;
  /** Its shape with the batch of the trial. */
  readonly shape: readonly number[];
  /** Whether it follows from the input: then the batch's rows are its first axis. */
  readonly varies: boolean;
}

/** An operand as the devices see it, with its shape where it is a tensor. */
type Shaped = Operand & { readonly shape?: readonly number[] };
type Operands = Readonly<Record<string, Shaped | null>>;
type Params = Readonly<Record<string, number>>;

/** An operation as ONNX has it, by the names of a kernel's operands. */
interface Rule {
  readonly operation: OnnxOperation;
  readonly inputs: readonly string[];
  readonly output: string;
  attributes?(params: Params): Readonly<Record<string, Attribute>>;
}

const unary = (operation: OnnxOperation): Rule => ({
  operation,
  inputs: ["x"],
  output: "output",
});
const binary = (operation: OnnxOperation): Rule => ({
  operation,
  inputs: ["left", "right"],
  output: "output",
});

const rules: Readonly<Record<string, Rule>> = {
  abs: unary("Abs"),
  add: binary("Add"),
  conv2dForward: {
    operation: "Conv",
    inputs: ["x", "weight", "bias"],
    output: "output",
    attributes: (params) => ({
      ...windowOf(params),
      dilations: [params.dilationHeight, params.dilationWidth],
      group: params.groups,
    }),
  },
  copy: { operation: "Identity", inputs: ["source"], output: "output" },
  div: binary("Div"),
  exp: unary("Exp"),
  leakyRelu: {
    ...unary("LeakyRelu"),
    attributes: ({ slope }) => ({ alpha: { float: slope } }),
  },
  linearForward: {
    operation: "Gemm",
    inputs: ["x", "weight", "bias"],
    output: "output",
    attributes: () => ({ transB: 1 }),
  },
  log: unary("Log"),
  maxPool2dForward: {
    ...unary("MaxPool"),
    attributes: (params) => ({
      ...windowOf(params),
      dilations: [params.dilationHeight, params.dilationWidth],
    }),
  },
  mul: binary("Mul"),
  neg: unary("Neg"),
  relu: unary("Relu"),
  sigmoid: unary("Sigmoid"),
  sqrt: unary("Sqrt"),
  sub: binary("Sub"),
  tanh: unary("Tanh"),
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

/** The graph of a forward pass, from the kernels that it ran. */
export class Graph {
  /** The operations so far. */
  readonly nodes: Node[] = [];
  /** Constants that operations have, beside the model's own. */
  readonly shapes = new Map<string, readonly number[]>();
  readonly #batch: number;
  readonly #values = new Map<Operand["buffer"], Value>();
  /** Variance and eps from which a kernel makes `invStd`. */
  readonly #variances = new Map<
    Operand["buffer"],
    { readonly variance: Shaped; readonly eps: number }
  >();

  /** @param batch Rows of the input in the trial. */
  constructor(batch: number) {
    this.#batch = batch;
  }

  /** Names a value that is there before the pass: the input, a parameter. */
  name(operand: Shaped, name: string, varies = false): void {
    const shape = operand.shape ?? [operand.buffer.length];
    this.#values.set(operand.buffer, { name, shape, varies });
  }

  /** The value of an operand, in the operand's shape. */
  valueOf(operand: Shaped): Value | null {
    const value = this.#values.get(operand.buffer);
    if (value === undefined) return null;
    const { shape = value.shape } = operand;
    if (String(shape) === String(value.shape)) return value;
    const sizes = this.#sizesOf(value, shape);
    const name = `${value.name}_${sizes.join("x")}`;
    this.#shaped("Reshape", value, name, sizes);
    return { ...value, name, shape };
  }

  /** The value of what the network gives: what no operation makes is copied. */
  outputOf(operand: Shaped): Value | null {
    const value = this.valueOf(operand);
    if (value === null) return null;
    if (this.nodes.some(({ output }) => output === value.name)) return value;
    const name = `${value.name}_copy`;
    const inputs = [value.name];
    this.nodes.push({ operation: "Identity", inputs, output: name });
    return { ...value, name };
  }

  /**
   * Sizes for ONNX's `Reshape`, where the batch's is open: 0 stands for the size
   * that is there, −1 for what is left.
   */
  #sizesOf(value: Value, shape: readonly number[]): readonly number[] {
    if (!value.varies) return shape;
    const [first, ...others] = shape;
    if (first === value.shape[0]) return [0, ...others];
    if (first % this.#batch === 0) return [-1, ...others];
    throw new TypeError(describe({
      what: `exportOnnx: reshape of [${value.shape.join(", ")}]`,
      expected:
        "a first size that is the batch's or a multiple of it, here of " +
        this.#batch,
      got: `[${shape.join(", ")}]`,
      help: "Keep the batch apart: x.reshape([x.size(0), -1]).",
    }));
  }

  /** Adds once an operation whose second input is a list of whole numbers. */
  #shaped(
    operation: "Pad" | "Reshape",
    value: Value,
    output: string,
    numbers: readonly number[],
  ): void {
    const constant = `${output}_sizes`;
    if (this.shapes.has(constant)) return;
    this.shapes.set(constant, numbers);
    this.nodes.push({ operation, inputs: [value.name, constant], output });
  }

  /**
   * Adds what a kernel computes.
   *
   * @throws {TypeError} If ONNX has no such operation here.
   */
  add({ name }: AnyKernel, operands: Operands, params: Params): void {
    const inputs = (...given: (Shaped | null)[]) =>
      given.filter((one) => one !== null).map((one) => this.#input(name, one));
    if (name === "batchNorm2dInvStd") {
      const { invStd, variance } = operands;
      const { eps } = params;
      this.#variances.set(invStd!.buffer, { variance: variance!, eps });
    } else if (name === "batchNorm2dNormalise") {
      const { bias, invStd, mean, output, weight, x } = operands;
      const { eps, variance } = this.#variances.get(invStd!.buffer)!;
      const given = inputs(x, weight, bias, mean, variance);
      const attributes = { epsilon: { float: eps } };
      this.#node(output!, "BatchNormalization", given, attributes);
    } else if (name === "avgPool2dForward") {
      const [x] = inputs(operands.x);
      const [given, attributes] = this.#averaged(x, params);
      this.#node(operands.output!, "AveragePool", [given], attributes);
    } else {
      const rule = rules[name];
      if (rule === undefined) throw unknown(name);
      const { attributes, operation, output } = rule;
      const given = inputs(...rule.inputs.map((one) => operands[one] ?? null));
      this.#node(operands[output]!, operation, given, attributes?.(params));
    }
  }

  /**
   * Input and attributes of an average pooling. What a last window has beyond the
   * padding does not count: where the padding does, that is put around the input
   * before.
   */
  #averaged(
    x: Value,
    params: Params,
  ): [x: Value, attributes: Record<string, Attribute>] {
    const window = windowOf(params);
    const [top, left, bottom, right] = window.pads;
    const counts = Boolean(params.countIncludePad);
    if (!counts || (bottom <= top && right <= left)) {
      return [x, { ...window, count_include_pad: Number(counts) }];
    }
    const pads = [0, 0, Math.max(0, bottom - top), Math.max(0, right - left)];
    const attributes = { ...window, pads, count_include_pad: 0 };
    if (top === 0 && left === 0) return [x, attributes];
    const name = `${x.name}_padded_${top}x${left}`;
    this.#shaped("Pad", x, name, [0, 0, top, left, 0, 0, top, left]);
    return [{ ...x, name }, attributes];
  }

  #input(kernel: string, operand: Shaped): Value {
    const value = this.valueOf(operand);
    if (value !== null) return value;
    throw new TypeError(describe({
      what: `exportOnnx: ${kernel}`,
      expected: "operands that depend on the input, or are parameters",
      got: "a constant made in forward()",
      help: "Keep it in the model: as a parameter or a ModuleBuffer.",
    }));
  }

  #node(
    output: Shaped,
    operation: OnnxOperation,
    inputs: readonly Value[],
    attributes: Node["attributes"] = {},
  ): void {
    const name = `${operation}_${this.nodes.length}`.toLowerCase();
    const names = inputs.map(({ name }) => name);
    this.nodes.push({ operation, inputs: names, attributes, output: name });
    this.name(output, name, inputs.some(({ varies }) => varies));
  }
}

function unknown(kernel: string): TypeError {
  return new TypeError(describe({
    what: "exportOnnx: operation of the network",
    expected: Object.keys(rules).concat("avgPool2dForward", "batchNorm2d")
      .join(", "),
    got: kernel,
    help: "Write the weights as .safetensors, and build the network there.",
  }));
}
