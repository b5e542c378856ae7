import type { AnyKernel, Operand } from "../../kernels/kernel.ts";
import { describe } from "../base/errors.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { OnnxOperation } from "../formats/onnx.ts";
import type { Attribute, Node } from "./_messages.ts";
import { rules } from "./_rules.ts";

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

/** What a kernel has beside its operands. */
export type Params = Readonly<Record<string, number>>;

/** The variance of a batch normalisation, and what is added to it. */
interface Variance {
  readonly variance: Value;
  readonly eps: number;
}

/** Numbers of the forward pass that are no part of the model. */
export interface Constant {
  /** Its shape: one axis, or none. */
  readonly shape: readonly number[];
  /** Its elements, which may still be on their way from the device. */
  readonly data: Float32Array | Promise<Float32Array>;
}

/** The graph of a forward pass, from the kernels that it ran. */
export class Graph {
  /** The operations so far. */
  readonly nodes: Node[] = [];
  /** Constants of whole numbers that operations have: shapes and paddings. */
  readonly shapes = new Map<string, readonly number[]>();
  /** Constants of floats, beside the model's own. */
  readonly constants = new Map<string, Constant>();
  /** By the buffers of `invStd`, which kernels make of them. */
  readonly variances = new Map<Operand["buffer"], Variance>();
  readonly #batch: number;
  readonly #values = new Map<Operand["buffer"], Value>();

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
    return this.reshape(value, this.#sizesOf(value, shape), shape);
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
   * Adds what a kernel computes.
   *
   * @throws {TypeError} If ONNX has no such operation here.
   */
  add({ name }: AnyKernel, operands: Operands, params: Params): void {
    const rule = rules[name];
    if (rule === undefined) throw unknown(name);
    const { buffer, shape = [] } = operands[rule.output ?? "output"]!;
    const value = rule.add(new Call(this, name, operands, params, shape));
    if (value !== null) this.#values.set(buffer, { ...value, shape });
  }

  /** Adds an operation. Its value has the first input's shape. */
  node(
    operation: OnnxOperation,
    inputs: readonly Value[],
    attributes: Node["attributes"] = {},
  ): Value {
    const output = `${operation}_${this.nodes.length}`.toLowerCase();
    const names = inputs.map(({ name }) => name);
    this.nodes.push({ operation, inputs: names, attributes, output });
    const varies = inputs.some(({ varies }) => varies);
    return { name: output, shape: inputs[0].shape, varies };
  }

  /** A value in another shape, by ONNX's sizes, of which −1 is what is left. */
  reshape(
    value: Value,
    sizes: readonly number[],
    shape: readonly number[] = sizes,
  ): Value {
    const name = `${value.name}_${sizes.join("x")}`;
    this.shaped("Reshape", value, name, sizes);
    return { ...value, name, shape };
  }

  /** Adds once an operation whose second input is a list of whole numbers. */
  shaped(
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

  /** Adds a constant. */
  constant(constant: Constant): Value {
    const name = `constant_${this.constants.size}`;
    this.constants.set(name, constant);
    return { name, shape: constant.shape, varies: false };
  }

  /**
   * The value of a kernel's operand. What neither the model has nor an operation
   * made is a number or a tensor that `forward` got from elsewhere: a constant.
   *
   * @param rank Axes of what the kernel makes.
   */
  inputOf(kernel: string, operand: Shaped, rank: number): Value {
    const value = this.valueOf(operand);
    if (value !== null) return value;
    if (!(operand instanceof Tensor)) throw unknown(kernel);
    const { shape } = operand as Tensor;
    if (shape.length === rank && shape[0] === this.#batch) {
      throw ofRows(kernel, shape);
    }
    const flat = shape.length > 1 ? [operand.buffer.length] : shape;
    const data = (operand as Tensor).data();
    this.#values.set(operand.buffer, this.constant({ shape: flat, data }));
    return this.valueOf(operand)!;
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
}

/** A kernel that the forward pass runs, as its rule sees it. */
export class Call {
  /** What it has beside its operands. */
  readonly params: Params;
  /** Shape of what it makes. */
  readonly shape: readonly number[];
  readonly #graph: Graph;
  readonly #kernel: string;
  readonly #operands: Operands;

  /** The kernel of a name, with its operands, which makes a tensor of a shape. */
  constructor(
    graph: Graph,
    kernel: string,
    operands: Operands,
    params: Params,
    shape: readonly number[],
  ) {
    this.#graph = graph;
    this.#kernel = kernel;
    this.#operands = operands;
    this.params = params;
    this.shape = shape;
  }

  /** The values of operands, without those that the call leaves out. */
  inputs(...names: readonly string[]): Value[] {
    return names.map((name) => this.#operands[name] ?? null)
      .filter((operand) => operand !== null)
      .map((one) => this.#graph.inputOf(this.#kernel, one, this.shape.length));
  }

  /** The error of a kernel that ONNX has, but not so. */
  refused(got: string, expected: string): TypeError {
    return new TypeError(describe({
      what: `exportOnnx: ${this.#kernel}`,
      expected,
      got,
      help: "Write the weights as .safetensors, and build the network there.",
    }));
  }

  /** Adds an operation. */
  node(
    operation: OnnxOperation,
    inputs: readonly Value[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): Value {
    return this.#graph.node(operation, inputs, attributes);
  }

  /** A value in another shape, by ONNX's sizes, of which −1 is what is left. */
  reshape(value: Value, sizes: readonly number[]): Value {
    return this.#graph.reshape(value, sizes);
  }

  /** A value with zeros around it: so many before each axis, then after each. */
  pad(value: Value, around: readonly number[]): Value {
    const name = `${value.name}_padded_${around.join("x")}`;
    this.#graph.shaped("Pad", value, name, around);
    return { ...value, name };
  }

  /** A number. */
  number(value: number): Value {
    return this.#graph.constant({ shape: [], data: Float32Array.of(value) });
  }

  /** Numbers, along one axis. */
  numbers(data: Float32Array): Value {
    return this.#graph.constant({ shape: [data.length], data });
  }

  /** Notes what this kernel makes its `invStd` of. */
  keepVariance(): void {
    const [variance] = this.inputs("variance");
    const { buffer } = this.#operands.invStd!;
    this.#graph.variances.set(buffer, { variance, eps: this.params.eps });
  }

  /** What this kernel's `invStd` was made of. */
  variance(): Variance {
    return this.#graph.variances.get(this.#operands.invStd!.buffer)!;
  }
}

function unknown(kernel: string): TypeError {
  return new TypeError(describe({
    what: "exportOnnx: operation of the network",
    expected: Object.keys(rules).join(", "),
    got: kernel,
    help: "Write the weights as .safetensors, and build the network there.",
  }));
}

/** A constant that has a row for each of the batch's, of any other size too. */
function ofRows(kernel: string, shape: Shape): TypeError {
  return new TypeError(describe({
    what: `exportOnnx: ${kernel}`,
    expected: "constants that do not depend on the batch's size",
    got: `one of [${shape.join(", ")}], where a batch of ${shape[0]} is tried`,
    help: "Let it be broadcast along the batch: give it a first size of 1.",
  }));
}
