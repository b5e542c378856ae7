import { checkOptions } from "../base/options.ts";
import { capture, type Captured } from "../core/capture.ts";
import { DataLoader } from "../data/data_loader.ts";
import { defaultDevice, isDevice } from "../core/default_device.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Layout, layoutOf } from "../data/layout.ts";
import type { Device } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import { type AnyTensor, Tensor } from "../core/tensor.ts";
import { checkModel } from "./_check_arguments.ts";
import { turnEventLoop } from "./_event_loop.ts";
import { MetricSums } from "./_metric_sums.ts";
import { type RunningLoss, runningLoss } from "./_running_loss.ts";
import type { Loss } from "./loss.ts";
import type { Metric } from "./metrics/mod.ts";

/** Milliseconds after which timers and signals get their turn. */
const longestTurn = 50;

/**
 * How to measure a model.
 *
 * @category Training
 */
export interface EvaluateOptions {
  /** Rows of a batch. Default 100. */
  batchSize?: number;
  /**
   * The loss. Default: cross-entropy of labels, with the accuracy in one kernel.
   */
  loss?: Loss;
  /** What else to measure. Default none. */
  metrics?: readonly Metric[];
}

/**
 * How good a model is on a data set.
 *
 * @category Training
 */
export interface Metrics {
  /** Mean of the batches' losses, as in the PyTorch notebook. */
  loss: number;
  /** Share of correct predictions, 0…1; NaN where the targets are no labels. */
  accuracy: number;
  /** The metrics of the options, by their names. */
  metrics: Readonly<Record<string, number>>;
}

/**
 * Measures a model on a data set, again and again: the loop is captured once.
 *
 * @category Training
 */
export class Evaluator implements Disposable {
  readonly #device: Device;
  readonly #model: Layer;
  readonly #layout: Layout;
  readonly #loader: DataLoader;
  readonly #loss: RunningLoss;
  readonly #metrics: MetricSums;
  readonly #step: Captured<[inputs: Tensor, targets: AnyTensor], Tensor[]>;

  /**
   * Makes a loader of the data set and captures the forward pass and the loss.
   *
   * @param device Where the model is.
   * @param model From inputs to outputs, logits of classes for instance.
   * @param dataset Rows and targets.
   * @param options Batch size, loss and metrics.
   * @throws {TypeError} If there is no such option, or no loss for targets that
   * are no labels.
   */
  constructor(
    device: Device,
    model: Layer,
    dataset: Dataset,
    options: EvaluateOptions = {},
  ) {
    checkOptions("evaluate", options, ["batchSize", "loss", "metrics"]);
    checkModel("evaluate", model);
    const { batchSize = 100, loss, metrics = [] } = options;
    this.#device = device;
    this.#model = model;
    this.#layout = layoutOf(dataset);
    this.#loader = new DataLoader(dataset, { device, batchSize });
    this.#loss = runningLoss(device, this.#layout, { loss });
    this.#metrics = new MetricSums(device, metrics);
    this.#step = capture(device, (inputs: Tensor, targets: AnyTensor) => {
      const output = model.forward(inputs);
      this.#loss.add(output, targets);
      return [output, ...this.#metrics.of(output, targets)];
    });
  }

  /**
   * Runs the model on a batch of zeros, so that what a device cannot hold is known
   * before hours of training; leaves it in evaluation mode.
   *
   * @throws {DeviceError} If memory does not suffice.
   */
  tryBatch(): void {
    const { batchSize, rows } = this.#loader;
    this.#model.eval();
    const shape = [Math.min(batchSize, rows), ...this.#layout.rowShape];
    using inputs = Tensor.zeros(this.#device, shape);
    using run = capture(
      this.#device,
      (inputs: Tensor) => this.#model.forward(inputs),
    );
    run(inputs);
  }

  /**
   * Measures the model as it is now; leaves it in evaluation mode.
   *
   * @param onOutput Sees the output of each batch, and may read it. Default: none
   * is read.
   */
  async run(onOutput?: (output: Tensor) => Promise<void>): Promise<Metrics> {
    this.#model.eval();
    this.#loss.reset();
    this.#metrics.reset();
    let turned = performance.now();
    for await (const [inputs, targets] of this.#loader) {
      const [output, ...metrics] = this.#step(inputs, targets);
      this.#metrics.add(metrics);
      await onOutput?.(output);
      if (performance.now() - turned < longestTurn) continue;
      await turnEventLoop();
      turned = performance.now();
    }
    const { rows } = this.#loader;
    const { correct, loss } = await this.#loss.read();
    return {
      loss: loss / this.#loss.batches,
      accuracy: correct / rows,
      metrics: await this.#metrics.values(rows),
    };
  }

  /** Frees the memory. */
  [Symbol.dispose](): void {
    const sums = [this.#loss, this.#metrics];
    for (const part of [this.#step, ...sums, this.#loader]) {
      part[Symbol.dispose]();
    }
  }
}

/**
 * Measures a model on a data set once.
 *
 * @param device Where the model is.
 * @param model From inputs to outputs, logits of classes for instance.
 * @param dataset Rows and targets.
 * @param options Batch size, loss and metrics.
 * @throws {TypeError} If there is no such option, or no loss for targets that are
 * no labels.
 *
 * @example A regression
 * ```ts
 * import { evaluate, Linear, metrics, mseLoss, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(1, 1).to(device, { seed: 0 });
 * const x = new Float32Array([0, 1, 2]);
 * const line = new TensorDataset(x, x, { rowShape: [1], targetShape: [1] });
 * const found = await evaluate(device, model, line, {
 *   loss: mseLoss,
 *   metrics: [metrics.meanAbsoluteError()],
 * });
 * assertEquals(Object.keys(found.metrics), ["meanAbsoluteError"]);
 * ```
 *
 * @category Training
 */
export function evaluate(
  device: Device,
  model: Layer,
  dataset: Dataset,
  options?: EvaluateOptions,
): Promise<Metrics>;
/** The same on the default device: see {@linkcode setDefaultDevice}. */
export function evaluate(
  model: Layer,
  dataset: Dataset,
  options?: EvaluateOptions,
): Promise<Metrics>;
export async function evaluate(
  ...given: [Device, Layer, Dataset, EvaluateOptions?] | [
    Layer,
    Dataset,
    EvaluateOptions?,
  ]
): Promise<Metrics> {
  const [device, model, dataset, options] = isDevice(given[0])
    ? given as [Device, Layer, Dataset, EvaluateOptions?]
    : [
      defaultDevice("evaluate"),
      ...given as [Layer, Dataset, EvaluateOptions?],
    ];
  using evaluator = new Evaluator(device, model, dataset, options);
  return await evaluator.run();
}
