import { describe } from "../base/errors.ts";
import { itemAt } from "./_item_at.ts";
import { Module } from "./module.ts";

/**
 * Modules in a list, as PyTorch's `nn.ModuleList`: parts of the model that holds
 * the list, under their numbers. The model's own `forward` calls them. Append
 * before `model.to(device)`, which gives them their memory.
 *
 * @example
 * ```ts
 * import { Linear, Module, ModuleList, openDevice, relu, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * class Tower extends Module {
 *   layers = new ModuleList([new Linear(4, 4), new Linear(4, 2)]);
 *   override forward(x: Tensor) {
 *     let y = x;
 *     for (const layer of this.layers) y = relu(layer.forward(y));
 *     return y;
 *   }
 * }
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Tower().to(device);
 * using x = Tensor.from(device, [1, 2, 3, 4], [1, 4]);
 * assertEquals(model.forward(x).shape, [1, 2]);
 * const [[name]] = model.namedParameters();
 * assertEquals(name, "layers.0.weight");
 * ```
 *
 * @category Modules
 */
export class ModuleList<M extends Module = Module> extends Module {
  readonly #modules: M[];

  /**
   * Makes a list.
   *
   * @param modules The modules, in their order. Default: none.
   */
  constructor(modules: Iterable<M> = []) {
    super();
    this.#modules = [...modules];
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /**
   * The module at an index.
   *
   * @param index From 0; from −1 backwards from the end.
   * @throws {RangeError} If there is none.
   */
  at(index: number): M {
    return itemAt("ModuleList", this.#modules, index);
  }

  /** Adds a module at the end. */
  append(module: M): this {
    this.#modules.push(module);
    return this;
  }

  /** Adds modules at the end, in their order. */
  extend(modules: Iterable<M>): this {
    this.#modules.push(...modules);
    return this;
  }

  /**
   * Adds a module before the one at an index; its number and those after it
   * grow by one.
   *
   * @param index As {@linkcode ModuleList.at} takes it; `length` appends.
   */
  insert(index: number, module: M): this {
    this.#modules.splice(index, 0, module);
    return this;
  }

  /** The modules, in their order. */
  [Symbol.iterator](): IterableIterator<M> {
    return this.#modules.values();
  }

  /**
   * A list computes nothing by itself.
   *
   * @throws {TypeError} Always.
   */
  override forward(): never {
    throw new TypeError(describe({
      what: "ModuleList: forward",
      expected: "a call of the modules in the list",
      got: "a call of the list",
      help: "Loop over it, or use Sequential.",
    }));
  }

  /** The modules, by their numbers. */
  override *parts(): Iterable<[name: string, module: M]> {
    for (const [index, module] of this.#modules.entries()) {
      yield [String(index), module];
    }
  }
}
