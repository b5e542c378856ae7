import { RunningMetrics } from "./_running_metrics.ts";
import { capture } from "../core/capture.ts";
import { DataLoader } from "../data/data_loader.ts";
import { defaultDevice } from "../core/default_device.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import type { Layer } from "../nn/mod.ts";
import type { Shape, Tensor } from "../core/tensor.ts";

/** How to measure a model. */
export interface EvaluateOptions {
  /** Rows of a batch. Default 100. */
  batchSize?: number;
}

/** How good a model is on a data set. */
export interface Metrics {
  /** Mean of the batches' losses, as in the PyTorch notebook. */
  loss: number;
  /** Share of correct predictions, 0…1. */
  accuracy: number;
}

/**
 * Measures a model on a data set, again and again: the loop is captured once.
 */
export class Evaluator implements Disposable {
  readonly #model: Layer;
  readonly #loader: DataLoader;
  readonly #metrics: RunningMetrics;
  readonly #step: ReturnType<typeof capture>;

  /**
   * Makes a loader of the data set and captures the forward pass and the loss.
   *
   * @param device Where the model is.
   * @param model From inputs to logits.
   * @param dataset Rows and labels.
   * @param options Batch size.
   */
  constructor(
    device: Device,
    model: Layer,
    dataset: Dataset,
    options: EvaluateOptions = {},
  ) {
    const { batchSize = 100 } = options;
    this.#model = model;
    this.#loader = new DataLoader(dataset, { device, batchSize });
    this.#metrics = new RunningMetrics(device);
    this.#step = capture(
      device,
      (inputs: Tensor, labels: Tensor<Shape, "i32">) => {
        this.#metrics.add(model.forward(inputs), labels);
      },
    );
  }

  /** Measures the model as it is now; leaves it in evaluation mode. */
  async run(): Promise<Metrics> {
    this.#model.eval();
    this.#metrics.reset();
    for await (const [inputs, labels] of this.#loader) {
      this.#step(inputs, labels);
    }
    const { correct, loss } = await this.#metrics.read();
    return {
      loss: loss / this.#metrics.batches,
      accuracy: correct / this.#loader.rows,
    };
  }

  /** Frees the memory. */
  [Symbol.dispose](): void {
    for (const part of [this.#step, this.#metrics, this.#loader]) {
      part[Symbol.dispose]();
    }
  }
}

/**
 * Measures a model on a data set once.
 *
 * @param device Where the model is.
 * @param model From inputs to logits.
 * @param dataset Rows and labels.
 * @param options Batch size.
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
  const [device, model, dataset, options] = "allocate" in given[0]
    ? given as [Device, Layer, Dataset, EvaluateOptions?]
    : [
      defaultDevice("evaluate"),
      ...given as [Layer, Dataset, EvaluateOptions?],
    ];
  using evaluator = new Evaluator(device, model, dataset, options);
  return await evaluator.run();
}
