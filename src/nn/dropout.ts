import type { RandomGenerator } from "../core/random.ts";
import { checkProbability, dropout } from "../ops/dropout.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { pythonFloat } from "../base/python_text.ts";
import { ModuleBuffer } from "./module_buffer.ts";
import { Module } from "./module.ts";

/**
 * {@linkcode dropout} as a layer: in training only. Every layer draws from a
 * seed of its own, which `model.to(device, { seed })` decides.
 *
 * @category Layers
 */
export class Dropout extends Module {
  /** Draws so far, and seed. */
  readonly state: ModuleBuffer<"i32"> = new ModuleBuffer(
    "i32",
    new Int32Array(2),
    {
      persistent: false,
    },
  );
  /** Probability of being dropped. */
  readonly probability: number;

  /**
   * Makes a layer without parameters.
   *
   * @param probability Of an element to be dropped. Default 0.5.
   * @throws {RangeError} If the probability is not from 0 to 1.
   */
  constructor(probability = 0.5) {
    super();
    checkProbability(new.target.name, probability);
    this.probability = probability;
  }

  /** Any shape to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    if (!this.training) return x;
    return dropout(x, this.probability, this.state.tensor);
  }

  /** Draws the layer's own seed. */
  override seed(generator: RandomGenerator): void {
    const { buffer, device } = this.state.tensor;
    device.write(buffer, new Int32Array([0, generator.random()]));
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `p=${pythonFloat(this.probability)}, inplace=False`;
  }
}
