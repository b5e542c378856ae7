import { capture } from "./capture.ts";
import { DataLoader } from "./data/data_loader.ts";
import type { Dataset } from "./data/dataset.ts";
import type { Device } from "./devices/device.ts";
import { Mean } from "./mean.ts";
import type { Layer } from "./nn/mod.ts";
import { crossEntropyAndCount } from "./ops/cross_entropy.ts";
import type { Shape, Tensor } from "./tensor.ts";

/** How to measure a model. */
export interface EvaluateOptions {
  /** Rows of a batch. Default 100. */
  batchSize?: number;
}

/** How good a model is on a data set. */
export interface Metrics {
  /** Mean of the batches' losses, as the notebook has it. */
  loss: number;
  /** Share of rows whose largest logit is at their label. */
  accuracy: number;
}

/**
 * Measures a model on a data set, again and again: the loop is captured once.
 */
export class Evaluator implements Disposable {
  readonly #model: Layer;
  readonly #loader: DataLoader;
  readonly #loss: Mean;
  readonly #correct: Mean;
  readonly #step: ReturnType<typeof capture>;

  /**
   * Checks and keeps the arguments.
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
    this.#loss = new Mean(device);
    this.#correct = new Mean(device);
    this.#step = capture(
      device,
      (inputs: Tensor, labels: Tensor<Shape, "i32">) => {
        const logits = model.forward(inputs);
        const { correct, loss } = crossEntropyAndCount(logits, labels);
        this.#loss.add(loss);
        this.#correct.add(correct);
      },
    );
  }

  /** Measures the model as it is now; leaves it in evaluation mode. */
  async run(): Promise<Metrics> {
    this.#model.eval();
    this.#loss.reset();
    this.#correct.reset();
    for await (const [inputs, labels] of this.#loader) {
      this.#step(inputs, labels);
    }
    return {
      loss: await this.#loss.value(),
      accuracy: await this.#correct.total() / this.#loader.rows,
    };
  }

  /** Frees the memory. */
  [Symbol.dispose](): void {
    for (const part of [this.#step, this.#loss, this.#correct, this.#loader]) {
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
export async function evaluate(
  device: Device,
  model: Layer,
  dataset: Dataset,
  options: EvaluateOptions = {},
): Promise<Metrics> {
  using evaluator = new Evaluator(device, model, dataset, options);
  return await evaluator.run();
}
