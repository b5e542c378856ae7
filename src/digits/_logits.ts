import { TensorDataset } from "../data/tensor_dataset.ts";
import type { Device } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import { predict } from "../training/predict.ts";

/**
 * What a model gives for each image.
 *
 * @param images 28 × 28 pixels, 0 (paper) to 1 (ink).
 */
export async function logitsOf(
  device: Device,
  model: Layer,
  images: readonly Float32Array[],
): Promise<number[][]> {
  const pixels = new Float32Array(images.length * 28 * 28);
  for (const [row, image] of images.entries()) {
    pixels.set(image, row * image.length);
  }
  // The labels are not looked at.
  const labels = new Uint8Array(images.length);
  const layout = { rowShape: [1, 28, 28], classes: 1 };
  const dataset = new TensorDataset(pixels, labels, layout);
  const found = await predict(device, model, dataset);
  return found.map(({ logits }) => logits);
}
