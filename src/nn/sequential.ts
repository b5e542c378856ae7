import { describe } from "../base/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { fuse, runGroup } from "./_fuse.ts";
import { itemAt } from "./_item_at.ts";
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
 * assertEquals(String(model.at(0)), "Flatten(start_dim=1, end_dim=-1)");
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
   * @throws {TypeError} If one is no module.
   */
  constructor(...layers: Layer[]) {
    super();
    layers.forEach(checkLayer);
    this.#layers = layers;
  }

  /** Number of layers. */
  get length(): number {
    return this.#layers.length;
  }

  /**
   * The layer at an index: PyTorch's `model[0]`.
   *
   * @param index From 0; from −1 backwards from the end.
   * @throws {RangeError} If there is none.
   */
  at(index: number): Layer {
    return itemAt("Sequential", this.#layers, index);
  }

  /** The layers, in their order. */
  [Symbol.iterator](): IterableIterator<Layer> {
    return this.#layers.values();
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

function checkLayer(layer: Layer, index: number): void {
  if (layer instanceof Module) return;
  throw new TypeError(describe({
    what: `Sequential: layer ${index}`,
    expected: "a module",
    got: Array.isArray(layer) ? "an array" : typeof layer,
    help: "Give layers one by one: new Sequential(...layers).",
  }));
}
