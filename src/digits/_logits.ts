import { tidy } from "../core/scope.ts";
import { Tensor } from "../core/tensor.ts";
import type { Device } from "../devices/device.ts";
import type { Layer } from "../nn/module.ts";

/** Images that the model sees at a time. */
const batchSize = 100;

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
  model.eval();
  const logits: number[][] = [];
  for (let from = 0; from < images.length; from += batchSize) {
    const batch = images.slice(from, from + batchSize);
    const values = await scoresOf(device, model, batch);
    const width = values.length / batch.length;
    for (const row of batch.keys()) {
      logits.push([...values.subarray(row * width, (row + 1) * width)]);
    }
  }
  return logits;
}

/** The scores of a batch, one image after another. */
function scoresOf(
  device: Device,
  model: Layer,
  images: readonly Float32Array[],
): Promise<Float32Array> {
  const pixels = new Float32Array(images.length * 28 * 28);
  for (const [row, image] of images.entries()) {
    pixels.set(image, row * image.length);
  }
  // Read before the tensors are freed, so that nothing owns one across an `await`.
  const reads: Promise<Float32Array>[] = [];
  tidy(() => {
    const inputs = Tensor.from(device, pixels, [images.length, 1, 28, 28]);
    reads.push(model.forward(inputs).data());
  });
  return reads[0];
}
