import { capture, type Captured } from "../capture.ts";
import type { Device } from "../devices/device.ts";
import { Mean } from "../mean.ts";
import type { Layer } from "../nn/mod.ts";
import { correctCount } from "../ops/correct_count.ts";
import { crossEntropy } from "../ops/cross_entropy.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { Tape } from "../tape.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** A batch as a step takes it. */
type Inputs = [inputs: Tensor, labels: Tensor<Shape, "i32">];

/**
 * One step, captured: forward, loss, backward, update. Losses and right
 * predictions add up on the device.
 */
export class TrainingStep implements Disposable {
  readonly #loss: Mean;
  readonly #correct: Mean;
  readonly #run: Captured<Inputs, void>;
  #rows = 0;

  constructor(device: Device, model: Layer, optimizer: Optimizer) {
    this.#loss = new Mean(device);
    this.#correct = new Mean(device);
    this.#run = capture(device, (...[inputs, labels]: Inputs) => {
      using tape = new Tape();
      const logits = model.forward(inputs);
      const loss = crossEntropy(logits, labels);
      optimizer.zeroGrad();
      tape.backward(loss);
      optimizer.step();
      this.#loss.add(loss);
      this.#correct.add(correctCount(logits, labels));
    });
  }

  /** Steps since the last reset. */
  get steps(): number {
    return this.#loss.count;
  }

  /** Rows of those steps. */
  get rows(): number {
    return this.#rows;
  }

  /** Learns from a batch; waits for nothing. */
  run(...[inputs, labels]: Inputs): void {
    this.#run(inputs, labels);
    this.#rows += labels.length;
  }

  /** Waits for the device: loss and accuracy since the last reset. */
  async look(): Promise<{ loss: number; acc: number }> {
    const rows = this.#rows;
    const [loss, correct] = await Promise.all([
      this.#loss.value(),
      this.#correct.total(),
    ]);
    return { loss, acc: correct / rows };
  }

  /** Starts an epoch's sums anew. */
  reset(): void {
    this.#loss.reset();
    this.#correct.reset();
    this.#rows = 0;
  }

  [Symbol.dispose](): void {
    for (const part of [this.#run, this.#loss, this.#correct]) {
      part[Symbol.dispose]();
    }
  }
}
