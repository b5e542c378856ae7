import type { TrainOptions, TrainResult } from "./options.ts";
import { Trainer } from "./trainer.ts";

/**
 * Trains a model as the PyTorch notebook does: Adam and cross-entropy, with a
 * measurement on the test data after every epoch. {@linkcode Trainer} is the same as an object, for
 * a loop of your own over the epochs.
 *
 * With the same seed, initial weights and order of the images are PyTorch's.
 *
 * @throws {TrainingError} If the loss stops being a finite number.
 * @throws {RangeError} If an option is out of range.
 * @throws The reason of `options.signal`, if it stopped the training.
 *
 * @example
 * ```ts
 * import { Flatten, Linear, openDevice, Sequential, TensorDataset, train } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const points = new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]);
 * const data = new TensorDataset(points, [0, 0, 1, 1], {
 *   rowShape: [2],
 *   classes: 2,
 * });
 * const { metrics } = await train({
 *   device,
 *   model: new Sequential(new Linear(2, 2)),
 *   trainData: data,
 *   testData: data,
 *   epochs: 50,
 *   batchSize: 4,
 *   lr: 0.1,
 * });
 * assertEquals(metrics.valAcc, 1);
 * ```
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  using trainer = await Trainer.open(options);
  const { device, history, model, settings, valData } = trainer;
  for await (const _epoch of trainer.epochs());
  const metrics = settings.patience > 0
    ? trainer.best!
    : history[history.length - 1];
  return { model, device, history, metrics, settings, valData };
}
