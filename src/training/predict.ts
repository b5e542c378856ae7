import { DataLoader } from "../data/data_loader.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import { argmax } from "../ops/argmax.ts";
import { tidy } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkModel } from "./_check_arguments.ts";

/**
 * A model's prediction for a row.
 *
 * @category Training
 */
export interface Prediction {
  /** The class with the largest logit. */
  prediction: number;
  /** The score of each class. */
  logits: number[];
}

/**
 * Predictions of a model for the rows of a data set.
 *
 * @param device Where the model is.
 * @param model From inputs to logits, or to other numbers of each row; it is left
 * in evaluation mode.
 * @param dataset The rows; take the first with {@linkcode take}.
 *
 * @category Training
 */
export async function predict(
  device: Device,
  model: Layer,
  dataset: Dataset,
): Promise<Prediction[]> {
  checkModel("predict", model);
  model.eval();
  const predictions: Prediction[] = [];
  using loader = new DataLoader(dataset, { device, batchSize: 100 });
  for await (const [inputs] of loader) {
    const [scores, found] = await read(model, inputs);
    const width = scores.length / found.length;
    for (const [row, prediction] of found.entries()) {
      const own = scores.subarray(row * width, (row + 1) * width);
      predictions.push({ prediction, logits: [...own] });
    }
  }
  return predictions;
}

/**
 * Logits and classes of a batch. Both reads are queued before the tensors are
 * freed, so that nothing owns tensors across an `await`: predictions may run
 * side by side.
 */
function read(
  model: Layer,
  inputs: Tensor,
): Promise<[Float32Array, Int32Array]> {
  const reads: Promise<[Float32Array, Int32Array]>[] = [];
  tidy(() => {
    const logits = model.forward(inputs).reshape([inputs.shape[0], -1]);
    reads.push(Promise.all([logits.data(), argmax(logits).data()]));
  });
  return reads[0];
}
