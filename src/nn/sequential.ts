import type { Tensor } from "../core/tensor.ts";
import { fuse, runGroup } from "./_fuse.ts";
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
 *
 * @category Modules
 */
export class Sequential extends Module {
  readonly #layers: readonly Layer[];

  /**
   * Makes a chain of layers.
   *
   * @param layers The layers in the order in which they run.
   */
  constructor(...layers: Layer[]) {
    super();
    this.#layers = layers;
  }

  /**
   * Runs `x` through all layers. Neighbouring convolutions, batch
   * normalisations, ReLUs and max poolings, in this order, run as one operation;
   * layers with hooks and subclasses with a `forward` of their own do not.
   */
  override forward(x: Tensor): Tensor {
    return fuse(this.#layers).reduce((y, group) => runGroup(group, y), x);
  }

  /** The layers, by their numbers. */
  override *parts(): Iterable<[name: string, layer: Layer]> {
    for (const [index, layer] of this.#layers.entries()) {
      yield [String(index), layer];
    }
  }
}
