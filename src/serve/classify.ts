import { tidy } from "../core/scope.ts";
import { Tensor } from "../core/tensor.ts";
import type { Device } from "../devices/device.ts";
import type { Classifier } from "../models/networks.ts";
import { div } from "../ops/div.ts";
import { softmax } from "../ops/softmax.ts";

/** The pixels of an image, 28 × 28, 0 (paper) to 1 (ink). */
export type Image = Float32Array<ArrayBuffer>;

/**
 * The probability of each class for each image. Batches have one of a few sizes,
 * powers of two: the device keeps buffers and pipelines for each.
 *
 * @param temperature What logits are divided by. Default 1.
 */
export async function classify(
  device: Device,
  model: Classifier,
  images: readonly Image[],
  temperature = 1,
): Promise<Float32Array[]> {
  const size = 2 ** Math.ceil(Math.log2(images.length));
  const pixels = new Float32Array(size * 784);
  for (const [row, image] of images.entries()) pixels.set(image, row * 784);
  const reads: Promise<Float32Array>[] = [];
  tidy(() => {
    const input = Tensor.from(device, pixels, [size, 1, 28, 28]);
    const logits = model.forward(input);
    reads.push(softmax(div(logits, temperature), 1).data());
  });
  const probabilities = await reads[0];
  const { classes } = model;
  return images.map((_, row) =>
    probabilities.subarray(row * classes, (row + 1) * classes)
  );
}
