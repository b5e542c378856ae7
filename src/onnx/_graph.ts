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
  avgPool2dForward: {
    ...unary("AveragePool"),
    attributes: (params) => ({
      ...windowOf(params),
      count_include_pad: Number(params.countIncludePad),
    }),
  },
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
function windowOf(params: Params): Record<string, readonly number[]> {
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
  readonly #values = new Map<Operand["buffer"], Value>();
  /** Variance and eps from which a kernel makes `invStd`. */
  readonly #variances = new Map<
    Operand["buffer"],
    { readonly variance: Shaped; readonly eps: number }
  >();

  /** Names a value that is there before the pass: the input, a parameter. */
  name(operand: Shaped, name: string): void {
    const shape = operand.shape ?? [operand.buffer.length];
    this.#values.set(operand.buffer, { name, shape });
  }

  /** The value of an operand, in the operand's shape. */
  valueOf(operand: Shaped): Value | null {
    const value = this.#values.get(operand.buffer);
    if (value === undefined) return null;
    const { shape = value.shape } = operand;
    if (String(shape) === String(value.shape)) return value;
    const name = `${value.name}_${shape.slice(1).join("x")}`;
    const sizes = `${name}_shape`;
    // 0 stands for the size that is there: the batch's.
    const kept = shape[0] === value.shape[0] ? 0 : shape[0];
    this.shapes.set(sizes, [kept, ...shape.slice(1)]);
    const inputs = [value.name, sizes];
    this.nodes.push({ operation: "Reshape", inputs, output: name });
    return { name, shape };
  }

  /**
   * Adds what a kernel computes.
   *
   * @throws {TypeError} If ONNX has no such operation here.
   */
  add({ name }: AnyKernel, operands: Operands, params: Params): void {
    if (name === "batchNorm2dInvStd") {
      const { invStd, variance } = operands;
      const { eps } = params;
      this.#variances.set(invStd!.buffer, { variance: variance!, eps });
    } else if (name === "batchNorm2dNormalise") {
      const { bias, invStd, mean, output, weight, x } = operands;
      const { eps, variance } = this.#variances.get(invStd!.buffer)!;
      this.#node(output!, {
        operation: "BatchNormalization",
        inputs: [x, weight, bias, mean, variance].map((one) =>
          this.#input(name, one!)
        ),
        attributes: { epsilon: { float: eps } },
      });
    } else {
      const rule = rules[name];
      if (rule === undefined) throw unknown(name);
      const { attributes, inputs, operation, output } = rule;
      const given = inputs.map((input) => operands[input] ?? null);
      this.#node(operands[output]!, {
        operation,
        inputs: given.filter((one) => one !== null)
          .map((one) => this.#input(name, one)),
        attributes: attributes?.(params),
      });
    }
  }

  #input(kernel: string, operand: Shaped): string {
    const value = this.valueOf(operand);
    if (value !== null) return value.name;
    throw new TypeError(describe({
      what: `exportOnnx: ${kernel}`,
      expected: "operands that depend on the input, or are parameters",
      got: "a constant made in forward()",
      help: "Keep it in the model: as a parameter or a ModuleBuffer.",
    }));
  }

  #node(output: Shaped, node: Omit<Node, "output">): void {
    const name = `${node.operation}_${this.nodes.length}`.toLowerCase();
    this.nodes.push({ ...node, output: name });
    this.name(output, name);
  }
}

function unknown(kernel: string): TypeError {
  return new TypeError(describe({
    what: "exportOnnx: operation of the network",
    expected: Object.keys(rules).concat("batchNorm2d").join(", "),
    got: kernel,
    help: "Write the weights as .safetensors, and build the network there.",
  }));
}
