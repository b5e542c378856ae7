import type { Tensor } from "../core/tensor.ts";
import { type Link, linksOf } from "./_conv_block.ts";
import { type Layer, Module } from "./module.ts";

/**
 * Layers one after another; their names are `0`, `1`, ….
 *
 * @example
 * ```ts
 * import { Flatten, Linear, openDevice, Sequential, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Sequential(new Flatten(), new Linear(4, 2)).to(device);
 * using x = Tensor.from(device, [1, 2, 3, 4], [1, 1, 2, 2]);
 * assertEquals(model.forward(x).shape, [1, 2]);
 * ```
 */
export class Sequential extends Module {
  readonly #layers: readonly Layer[];
  readonly #links: readonly Link[];

  /**
   * Keeps the arguments.
   *
   * @param layers The layers in the order in which they run.
   */
  constructor(...layers: Layer[]) {
    super();
    this.#layers = layers;
    this.#links = linksOf(layers);
  }

  /**
   * Runs `x` through all layers; a convolution, batch normalisation, ReLU and
   * max pooling in a row run as one {@linkcode convBlock}.
   */
  override forward(x: Tensor): Tensor {
    return this.#links.reduce((input, link) => link(input), x);
  }

  /** The layers, by their numbers. */
  override *parts(): Iterable<[name: string, layer: Layer]> {
    for (const [index, layer] of this.#layers.entries()) {
      yield [String(index), layer];
    }
  }
}
