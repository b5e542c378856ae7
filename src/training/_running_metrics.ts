import { sideEffect } from "../core/guards.ts";
import type { Device } from "../devices/device.ts";
import {
  type CrossEntropyOptions,
  summedCrossEntropy,
} from "../ops/cross_entropy.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { LossSums, RunningLoss } from "./_running_loss.ts";

/**
 * Sums of the batches' losses and of their correct predictions. They accumulate
 * on the device, in the kernel of the cross-entropy itself; it may be called
 * inside a captured function.
 */
export class RunningMetrics implements RunningLoss {
  readonly #totals: Tensor<[number]>;
  readonly #options: CrossEntropyOptions;
  #batches = 0;

  constructor(device: Device, options: CrossEntropyOptions = {}) {
    this.#options = options;
    this.#totals = Tensor.empty<[number]>(device, [2], "f32", "persistent");
    this.reset();
  }

  /** Batches since the last reset. */
  get batches(): number {
    return this.#batches;
  }

  /** The mean cross-entropy of a batch, `[1]`, which is added to the sum. */
  add(logits: Tensor, labels: Tensor<Shape, "i32">): Tensor<[number]> {
    sideEffect(this, () => {
      this.#batches++;
    });
    return summedCrossEntropy(logits, labels, this.#totals, this.#options);
  }

  /** Sum of the batches' losses, and number of correct predictions. */
  async read(): Promise<LossSums> {
    const [loss, correct] = await this.#totals.data();
    return { loss, correct };
  }

  /** Starts from zero, or from the sums given. */
  reset(
    { loss, correct, batches } = { loss: 0, correct: 0, batches: 0 },
  ): void {
    const { buffer, device } = this.#totals;
    device.write(buffer, Float32Array.of(loss, correct));
    this.#batches = batches;
  }

  [Symbol.dispose](): void {
    this.#totals[Symbol.dispose]();
  }
}
