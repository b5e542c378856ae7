import { accumulate } from "../../kernels/accumulate/accumulate.ts";
import { defaultDevice } from "../core/default_device.ts";
import { sideEffect } from "../core/guards.ts";
import type { Device } from "../devices/device.ts";
import { Tensor } from "../core/tensor.ts";

/**
 * The mean of numbers that accumulate on the device: adding the loss of a step
 * does not wait for it, and one read gives the mean. It may be used inside a
 * captured function.
 *
 * @example
 * ```ts
 * import { Mean, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using mean = new Mean(device);
 * using one = Tensor.from(device, [1], [1]);
 * using two = Tensor.from(device, [2], [1]);
 * mean.add(one);
 * mean.add(two);
 * assertEquals(await mean.value(), 1.5);
 * ```
 *
 * @category Training
 */
export class Mean implements Disposable {
  readonly #total: Tensor<[number]>;
  #count = 0;

  /**
   * Makes the sum, which is 0.
   *
   * @param device The device of the numbers. Default: the default device.
   */
  constructor(device: Device = defaultDevice("Mean: device")) {
    this.#total = Tensor.empty<[number]>(device, [1], "f32", "persistent");
    this.reset();
  }

  /** Numbers added since the last reset. */
  get count(): number {
    return this.#count;
  }

  /** Adds a number: a tensor `[1]`. */
  add(value: Tensor): void {
    const destination = this.#total;
    destination.device.run(accumulate, { source: value, destination });
    sideEffect(this, () => {
      this.#count++;
    });
  }

  /** The sum so far. */
  async total(): Promise<number> {
    return await this.#total.item();
  }

  /** The mean so far; NaN before the first number. */
  async value(): Promise<number> {
    const count = this.#count;
    return await this.total() / count;
  }

  /**
   * Starts from zero, or from a sum of earlier numbers.
   *
   * @param total That sum, as {@linkcode Mean.total} returned it. Default 0.
   * @param count The number of its terms. Default 0.
   */
  reset(total = 0, count = 0): void {
    this.#count = count;
    this.#total.device.write(this.#total.buffer, Float32Array.of(total));
  }

  /** Frees the memory. */
  [Symbol.dispose](): void {
    this.#total[Symbol.dispose]();
  }
}
