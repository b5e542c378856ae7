import { defaultDevice } from "../core/default_device.ts";
import { Scope } from "../core/scope.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkOptions } from "../base/options.ts";
import { setObserver } from "../devices/observer.ts";
import { writeFileAtomic } from "../formats/files.ts";
import { loadProtobuf } from "../formats/protobuf.ts";
import type { Layer } from "../nn/mod.ts";
import { Graph, type Value } from "./_graph.ts";
import { encodeModel, type Initializer } from "./_messages.ts";

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
 * layers, poolings, batch normalisations, activations and arithmetic.
 *
 * @param model A model on a device, with its weights; one that has none runs on
 * the default device.
 * @throws {TypeError} If the network has another operation, `forward` makes
 * constants of its own, or a shape mixes the rows of a batch.
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
  const output = evaluated(model, () => {
    using _scope = new Scope();
    const input = Tensor.from(
      device,
      new Float32Array(batch * inputShape.reduce((a, b) => a * b, 1)),
      [batch, ...inputShape],
    );
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
  return encodeModel(await loadProtobuf(), {
    ...named(graph, output),
    initializers: await initializersOf(graph, parts),
    input: { name: "input", shape: [batch, ...inputShape] },
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

/** The nodes, with the last value under the name of the output. */
function named({ nodes }: Graph, { name }: Value) {
  const rename = (one: string) => one === name ? "output" : one;
  return {
    nodes: nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      output: rename(node.output),
    })),
  };
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
