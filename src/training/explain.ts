import { Tape } from "../core/tape.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { Device } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import { mul } from "../ops/mul.ts";
import { oneHot } from "../ops/one_hot.ts";
import { sum } from "../ops/sum.ts";

/** What a layer without parts gives for some rows. */
export interface LayerOutput {
  /** Name of the layer: `layer1.0`. */
  readonly name: string;
  /** Name of its class. */
  readonly kind: string;
  /** Shape of the output, the rows first. */
  readonly shape: Shape;
  /** The output. */
  readonly data: Float32Array;
}

/** How a model comes to its scores. */
export interface Explanation {
  /** The layers in the order in which they run. */
  readonly layers: readonly LayerOutput[];
  /** How much the score of a row's class changes with each of its inputs. */
  readonly saliency: Float32Array;
}

/**
 * The outputs of all layers for some rows, and the gradient of a score of each
 * row with respect to its inputs, in the model's present mode.
 *
 * @param rows The rows, `[N, …row shape]`, and for each the class whose score it
 * is.
 */
export async function explain(
  device: Device,
  model: Layer,
  rows: { data: Float32Array; shape: Shape; classes: readonly number[] },
): Promise<Explanation> {
  const { classes, data, shape } = rows;
  const reads: Promise<LayerOutput>[] = [];
  using inputs = Tensor.from(device, data, shape, { requiresGrad: true });
  // Only the gradient with respect to the inputs is wanted; the weights keep
  // what a training has put there.
  const parameters = model.parameters().filter((one) => one.requiresGrad);
  for (const parameter of parameters) parameter.requiresGrad = false;
  try {
    using hooks = new DisposableStack();
    for (const [name, layer] of model.namedModules()) {
      if (layer.children().length > 0) continue;
      const kind = layer.constructor.name;
      hooks.use(layer.registerForwardHook((_layer, _inputs, output) => {
        if (output instanceof Tensor) reads.push(read(name, kind, output));
      }));
    }
    using tape = new Tape();
    const scores = model.forward(inputs).reshape([classes.length, -1]);
    const labels = Tensor.from(device, Int32Array.from(classes), [
      classes.length,
    ]);
    tape.backward(sum(mul(scores, oneHot(labels, scores.shape[1]))));
  } finally {
    for (const parameter of parameters) parameter.requiresGrad = true;
  }
  const layers = await Promise.all(reads);
  return {
    layers,
    saliency: await inputs.grad?.data() ?? new Float32Array(elementsOf(shape)),
  };
}

/** Reads an output before the tape frees it. */
async function read(
  name: string,
  kind: string,
  output: Tensor,
): Promise<LayerOutput> {
  return { name, kind, shape: output.shape, data: await output.data() };
}
