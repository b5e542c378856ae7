import { defaultDevice } from "../core/default_device.ts";
import { Scope } from "../core/scope.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Device } from "../devices/device.ts";
import { setObserver } from "../devices/observer.ts";
import { writeFileAtomic } from "../formats/files.ts";
import { loadProtobuf } from "../formats/protobuf.ts";
import { type Layer, Module } from "../nn/mod.ts";
import { Graph, type Value } from "./_graph.ts";
import { encodeModel, type Initializer, type Node } from "./_messages.ts";

/** The network that {@linkcode exportOnnx} writes. */
export interface ExportOnnxOptions {
  /** Shape of one row of the input, without the batch: `[1, 28, 28]`. */
  inputShape: Shape;
  /** Text beside the network: classes, normalisation. Default none. */
  metadata?: Readonly<Record<string, string>>;
}

/** Rows of the trial: a size that no channel or kernel has by chance. */
const batch = 3;

/**
 * Encodes a network as ONNX, operator set 13, in evaluation mode: input `input`
 * `[batch, …]`, output `output`; the batch's size is open. Runs `forward` once and
 * writes down what it computes, so it takes any model of convolutions, linear
 * layers, poolings, normalisations, activations and arithmetic.
 * Numbers and tensors that `forward` makes are written as they are.
 *
 * @param model A model on a device, with its weights; one that has none runs on
 * the default device.
 * @throws {TypeError} If the network has another operation, or the size of a batch
 * in a constant, or a shape mixes the rows of one; or `model` is no model.
 *
 * @example
 * ```ts
 * import { ConvolutionalNeuralNetwork, exportOnnx, openDevice } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
 * const bytes = await exportOnnx(model, { inputShape: [1, 28, 28] });
 * assertEquals(bytes.length > 4 * 29_034, true);
 * ```
 *
 * @category Files
 */
export async function exportOnnx(
  model: Layer,
  options: ExportOnnxOptions,
): Promise<Uint8Array> {
  if (!((model as unknown) instanceof Module)) throw noModel(model);
  checkOptions("exportOnnx", options, ["inputShape", "metadata"], [
    "inputShape",
  ]);
  const { inputShape, metadata = {} } = options;
  const graph = new Graph(batch);
  const parts = [...model.namedTensors()].map(([name, { tensor }]) =>
    ({ name, tensor }) as const
  );
  for (const { name, tensor } of parts) graph.name(tensor, name);
  const device = parts[0]?.tensor.device ?? defaultDevice("exportOnnx: device");
  const shape = [batch, ...inputShape];
  const output = await traced(
    graph,
    () => forwardOf(model, device, shape, graph),
  );
  return encodeModel(await loadProtobuf(), {
    nodes: await nodesOf(graph, output),
    initializers: await initializersOf(graph, parts),
    input: { name: "input", shape },
    output: { name: "output", shape: output.shape },
    metadata,
  });
}

/**
 * Writes what {@linkcode exportOnnx} encodes: whole under its name, or not at all.
 *
 * @throws {TypeError} As {@linkcode exportOnnx}.
 * @throws {DataError} If the file can't be written.
 *
 * @category Files
 */
export async function writeOnnx(
  path: string,
  model: Layer,
  options: ExportOnnxOptions,
): Promise<void> {
  await writeFileAtomic(path, await exportOnnx(model, options));
}

function noModel(given: unknown): TypeError {
  return new TypeError(describe({
    what: "exportOnnx: model",
    expected: "a Module",
    got: typeof given === "string" ? JSON.stringify(given) : typeof given,
    help: "Give it before the options: writeOnnx(path, model, { inputShape }).",
  }));
}

/** Runs `forward` once for a graph; gives the value of its output. */
function forwardOf(
  model: Layer,
  device: Device,
  shape: Shape,
  graph: Graph,
): Value {
  return evaluated(model, () => {
    using _scope = new Scope();
    const input = Tensor.zeros(device, shape);
    graph.name(input, "input", true);
    const before = setObserver((_device, kernel, operands, params) => {
      graph.add(kernel, operands, params as Record<string, number>);
    });
    try {
      return graph.outputOf(model.forward(input))!;
    } finally {
      setObserver(before);
    }
  });
}

/** Runs a function in evaluation mode, on layers that do not run fused. */
function evaluated<T>(model: Layer, run: () => T): T {
  const modes = [...model.modules()].map((module) =>
    [module, module.training] as const
  );
  using hooks = new DisposableStack();
  for (const [module] of modes) {
    // A layer with a hook runs by itself.
    hooks.use(module.registerForwardHook(() => {}));
  }
  model.eval();
  try {
    return run();
  } finally {
    for (const [module, training] of modes) module.train(training);
  }
}

/** Runs a forward pass. Where it fails, no reading of a constant is left over. */
async function traced<T>({ constants }: Graph, run: () => T): Promise<T> {
  try {
    return run();
  } catch (error) {
    await Promise.allSettled(
      Array.from(constants.values(), ({ data }) => data),
    );
    throw error;
  }
}

/** The nodes, constants first, with the last value under the name of the output. */
async function nodesOf(
  { constants, nodes }: Graph,
  { name }: Value,
): Promise<Node[]> {
  const rename = (one: string) => one === name ? "output" : one;
  const first = Array.from(
    constants,
    async ([output, { data, shape }]): Promise<Node> => {
      const floats = await data;
      const attributes: Node["attributes"] = shape.length === 0
        ? { value_float: { float: floats[0] } }
        : { value_floats: { floats } };
      return { operation: "Constant", inputs: [], output, attributes };
    },
  );
  return [
    ...await Promise.all(first),
    ...nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      output: rename(node.output),
    })),
  ];
}

async function initializersOf(
  { nodes, shapes }: Graph,
  parts: readonly { name: string; tensor: Tensor | Tensor<Shape, "i32"> }[],
): Promise<Initializer[]> {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const weights = parts.filter(({ name }) => used.has(name))
    .map(async ({ name, tensor }) => ({
      name,
      shape: tensor.shape,
      data: await tensor.data() as Float32Array,
    }));
  return [
    ...await Promise.all(weights),
    ...Array.from(shapes, ([name, sizes]) => ({
      name,
      shape: [sizes.length],
      data: BigInt64Array.from(sizes, BigInt),
    })),
  ];
}
