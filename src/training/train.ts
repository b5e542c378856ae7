import type { TrainOptions, TrainResult } from "./options.ts";
import { Trainer } from "./trainer.ts";

/**
 * Trains a model as the PyTorch notebook does: Adam and cross-entropy, with a
 * measurement on the test data after every epoch. {@linkcode Trainer} is the same as an object, for
 * a loop of your own over the epochs.
 *
 * With the same seed, initial weights and order of the images are PyTorch's.
 *
 * Any other model, loss, metrics and data set is trained in the same way: the
 * notebook's are the defaults.
 *
 * @throws {TypeError} If there is no such option, or no loss for targets that are
 * no labels.
 * @throws {TrainingError} If a loss or a weight stops being a finite number.
 * @throws {RangeError} If an option is out of range.
 * @throws The reason of `options.signal`, if it stopped the training.
 *
 * @example Classes
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
 *
 * @example A regression
 * ```ts
 * import { Linear, metrics, mseLoss, openDevice, TensorDataset, train } from "@x/mnist-cnn";
 * import { assertAlmostEquals, assertLess } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const x = Float32Array.from({ length: 20 }, (_, i) => i / 10 - 1);
 * const y = x.map((value) => 3 * value + 1);
 * const line = new TensorDataset(x, y, { rowShape: [1], targetShape: [1] });
 * const { history, model } = await train({
 *   device,
 *   model: new Linear(1, 1),
 *   loss: mseLoss,
 *   metrics: [metrics.meanAbsoluteError()],
 *   trainData: line,
 *   testData: line,
 *   epochs: 60,
 *   batchSize: 5,
 *   lr: 0.1,
 * });
 * assertLess(history.at(-1)!.valMetrics!.meanAbsoluteError, 0.01);
 * const weights = await model.stateDict();
 * assertAlmostEquals(Number(weights.get("weight")!.data[0]), 3, 0.02);
 * ```
 *
 * @category Training
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  using trainer = await Trainer.open(options);
  const { device, history, losses, model, settings, valData } = trainer;
  for await (const _epoch of trainer.epochs());
  const metrics = settings.patience > 0
    ? trainer.best!
    : history[history.length - 1];
  const { predictions, temperature } = trainer;
  return {
    ...{ model, device, history, losses, metrics, settings },
    ...{ predictions, temperature, valData },
  };
}
