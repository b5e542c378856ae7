import { Tape } from "../../core/tape.ts";
import { Tensor } from "../../core/tensor.ts";
import type { Device } from "../../devices/device.ts";
import type { Classifier } from "../../models/networks.ts";
import { mul } from "../../ops/mul.ts";
import { sum } from "../../ops/sum.ts";
import type { Explanation, LayerMaps } from "./protocol.ts";

/**
 * The activations of every layer, and the gradient of a class's score with
 * respect to the pixels.
 *
 * @param data The image, 28 × 28.
 * @param index The class.
 */
export async function explain(
  device: Device,
  model: Classifier,
  data: Float32Array,
  index: number,
): Promise<Explanation> {
  const reads: Promise<LayerMaps>[] = [];
  const chosen = new Float32Array(model.classes);
  chosen[index] = 1;
  const options = { requiresGrad: true };
  using image = Tensor.from(device, data, [1, 1, 28, 28], options);
  // Only the image's gradient is wanted; a training has those of the weights.
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
    const logits = model.forward(image);
    const one = Tensor.from(device, chosen, [1, model.classes]);
    tape.backward(sum(mul(logits, one)));
  } finally {
    for (const parameter of parameters) parameter.requiresGrad = true;
  }
  const layers = await Promise.all(reads);
  return { layers, saliency: await image.grad!.data() };
}

/** Reads an output before the tape frees it. */
async function read(
  name: string,
  kind: string,
  output: Tensor,
): Promise<LayerMaps> {
  const [, ...shape] = output.shape;
  return { name, kind, shape, data: await output.data() };
}
