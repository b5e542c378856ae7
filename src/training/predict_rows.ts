import { capture } from "../core/capture.ts";
import type { Tensor } from "../core/tensor.ts";
import { DataLoader } from "../data/data_loader.ts";
import type { ArrayDataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import type { Prediction } from "./predict.ts";

/**
 * What a model says of each row, as it was measured in every epoch: captured,
 * and so twice as fast as `predict`, whose sums round less.
 */
export async function predictRows(
  device: Device,
  model: Layer,
  rows: ArrayDataset,
): Promise<Prediction[]> {
  model.eval();
  const found: Prediction[] = [];
  using loader = new DataLoader(rows, { device, batchSize: 100 });
  using forward = capture(device, (inputs: Tensor) => model.forward(inputs));
  for await (const [inputs] of loader) {
    const scores = await forward(inputs).data();
    const width = scores.length / inputs.shape[0];
    for (let start = 0; start < scores.length; start += width) {
      const logits = Array.from(scores.subarray(start, start + width));
      const prediction = logits.indexOf(Math.max(...logits));
      found.push({ prediction, logits });
    }
  }
  return found;
}
