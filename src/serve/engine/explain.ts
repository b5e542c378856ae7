import type { Device } from "../../devices/device.ts";
import type { Classifier } from "../../models/networks.ts";
import { explain as explainRows } from "../../training/explain.ts";
import { Convolutions } from "./convolutions.ts";
import type { Explanation } from "./protocol.ts";

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
  using convolutions = new Convolutions(model);
  const rows = { data, shape: [1, 1, 28, 28], classes: [index] };
  const { layers, saliency } = await explainRows(device, model, rows);
  const byName = await convolutions.all();
  return {
    layers: layers.map((layer) => ({
      ...layer,
      shape: layer.shape.slice(1),
      convolution: byName.get(layer.name) ?? null,
    })),
    saliency,
  };
}
