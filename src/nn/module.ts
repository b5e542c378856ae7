import { displayAs } from "../base/display.ts";
import { printAsText } from "../base/printing.ts";
import { guard, sideEffect } from "../core/guards.ts";
import type { RandomGenerator } from "../core/random.ts";
import { defaultDevice, isDevice } from "../core/default_device.ts";
import type { Device } from "../devices/device.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import {
  ForwardCall,
  type ForwardHook,
  type ForwardPreHook,
} from "./forward.ts";
import { move, place, type PlacementOptions } from "./_placement.ts";
import type { Stage } from "./stage.ts";
import { modelBundle } from "./_model_bundle.ts";
import { modelText } from "./_text.ts";
import { type Trace, traceModule } from "./_trace.ts";
import type { ModuleBuffer } from "./module_buffer.ts";
import { ModuleTree } from "./module_tree.ts";
import type { Parameter } from "./parameter.ts";
import {
  type LoadOptions,
  type LoadReport,
  loadStateDict,
  readStateDict,
} from "./_state_dict.ts";

/**
 * A module from one tensor to one tensor: what {@linkcode Sequential} chains.
 *
 * @category Modules
 */
export type Layer = Module & {
  /** Computes the layer's output. */
  forward(x: Tensor): Tensor;
};

/** An entry of a state dictionary. */
export type StatePart = Parameter | ModuleBuffer | ModuleBuffer<"i32">;

/**
 * A model or a part of one, as PyTorch's `nn.Module`. Modules, parameters and
 * buffers in its fields belong to it, in the order in which they are set. So do
 * those in arrays: the first one in `blocks` is `blocks.0`. What a `#private`
 * field, a map or a closure holds is not found.
 *
 * @example
 * ```ts
 * import { Linear, Module, openDevice, relu, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * class TwoLayers extends Module {
 *   hidden = new Linear(4, 8);
 *   output = new Linear(8, 2);
 *   forward(x: Tensor) {
 *     return this.output.forward(relu(this.hidden.forward(x)));
 *   }
 * }
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new TwoLayers().to(device, { seed: 0 });
 * using x = Tensor.from(device, [1, 2, 3, 4], [1, 4]);
 * assertEquals(model.forward(x).shape, [1, 2]);
 * ```
 *
 * @category Modules
 */
export abstract class Module extends ModuleTree {
  static readonly #text = /* @__PURE__ */ printAsText(this);
  static readonly #bundle = /* @__PURE__ */ displayModels(this);

  #training = true;
  readonly #call: ForwardCall = new ForwardCall(this);

  /** Computes the module's output. */
  abstract forward(...inputs: never[]): unknown;

  /**
   * Whether the module is in training mode; {@linkcode Module.train} and
   * {@linkcode Module.eval} set it.
   */
  get training(): boolean {
    const training = this.#training;
    guard(this, () => this.#training === training);
    return training;
  }

  /** Sets training mode, or evaluation mode, here and in all parts. */
  train(training = true): this {
    for (const [, module] of this.namedModules()) {
      sideEffect(module, () => {
        module.#training = training;
      });
    }
    return this;
  }

  /** Sets evaluation mode, here and in all parts. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Adds a hook that runs before every call of `forward`: it sees the inputs,
   * and may replace them. Hooks run in the order in which they were added, but
   * not when a captured function is replayed. A layer with hooks runs by itself,
   * never fused with its neighbours.
   *
   * @returns Removes the hook when it is disposed of.
   *
   * @example
   * ```ts
   * import { openDevice, ReLU, scale, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * const layer = new ReLU();
   * layer.registerForwardPreHook((_layer, [x]) => scale(x, -1));
   * using x = Tensor.from(device, [-1, 2], [2]);
   * assertEquals(await layer.forward(x).data(), new Float32Array([1, 0]));
   * ```
   */
  registerForwardPreHook<M extends Module>(
    this: M,
    hook: ForwardPreHook<M>,
  ): Disposable {
    return this.#call.addPreHook(hook);
  }

  /**
   * Adds a hook that runs after every call of `forward`: it sees inputs and
   * output, and may replace the output. Otherwise as
   * {@linkcode Module.registerForwardPreHook}.
   *
   * @returns Removes the hook when it is disposed of.
   *
   * @example
   * ```ts
   * import { ConvolutionalNeuralNetwork, openDevice, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * const model = new ConvolutionalNeuralNetwork().to(device).eval();
   * // The activations by layer, of one pass.
   * const activations = new Map<string, Tensor>();
   * {
   *   using hooks = new DisposableStack();
   *   for (const [name, layer] of model.namedModules()) {
   *     hooks.use(layer.registerForwardHook((_layer, _inputs, output) => {
   *       if (output instanceof Tensor) activations.set(name, output);
   *     }));
   *   }
   *   using x = Tensor.from(device, new Float32Array(784), [1, 1, 28, 28]);
   *   model.forward(x);
   * }
   * assertEquals(activations.get("layer1.2")?.shape, [1, 16, 28, 28]);
   * assertEquals((await activations.get("fc")?.data())?.length, 10);
   * ```
   */
  registerForwardHook<M extends Module>(
    this: M,
    hook: ForwardHook<M>,
  ): Disposable {
    return this.#call.addHook(hook);
  }

  /**
   * The layer as a stage of a fused operation, for {@linkcode Sequential}; null
   * where it can be none.
   */
  stage(): Stage | null {
    return null;
  }

  /** The module's arguments in the printed text: between its parentheses. */
  extraRepresentation(): string {
    return "";
  }

  /**
   * Gives the model its memory and its first values, drawn in the order and by
   * the generator of PyTorch: the same seed gives PyTorch's own weights. What has
   * memory on the device already, such as parts of another model, keeps it with
   * its values.
   *
   * @param device Where the model is to live.
   * @param options Where the first values come from.
   * @throws {TypeError} If part of the model is on another device, whose values
   * {@linkcode Module.moveTo} takes over, or there is a `seed` and nothing to
   * draw.
   */
  to(device: Device, options?: PlacementOptions): this;
  /** The same on the default device: see {@linkcode setDefaultDevice}. */
  to(options?: PlacementOptions): this;
  to(
    given: Device | PlacementOptions = {},
    placement: PlacementOptions = {},
  ): this {
    const [device, options] = isDevice(given)
      ? [given, placement]
      : [defaultDevice("Module.to"), given];
    place(this, device, options);
    return this;
  }

  /**
   * Moves the model to another device, with the values of its parameters and
   * buffers; gradients stay behind. Make optimizers and captured functions of
   * the model afterwards: optimizers that were made before refuse to step.
   *
   * @param device Where the model is to live from now on.
   *
   * @example
   * ```ts
   * import { Linear, openDevice, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using first = await openDevice({ device: "cpu" });
   * using second = await openDevice({ device: "cpu", threads: 1 });
   * const model = new Linear(2, 1).to(first, { seed: 0 });
   * const before = await model.stateDict();
   * await model.moveTo(second);
   * assertEquals(await model.stateDict(), before);
   * using x = Tensor.from(second, [1, 2], [1, 2]);
   * assertEquals(model.forward(x).device, second);
   * ```
   */
  async moveTo(device: Device): Promise<this> {
    await move(this, device);
    return this;
  }

  /** Seeds the random numbers that the module draws itself. */
  seed(_generator: RandomGenerator): void {}

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.tensor.zeroGrad();
  }

  /**
   * Copies of all parameters and buffers, by PyTorch's names and in its order.
   */
  async stateDict(): Promise<Map<string, HostTensor>> {
    return await readStateDict(this);
  }

  /**
   * Takes over parameters and buffers.
   *
   * @param state As {@linkcode Module.stateDict} gives it.
   * @param options Whether names must be the same; default true.
   * @throws {StateDictError} If names differ and must not, or shapes differ;
   * then nothing is taken over.
   */
  loadStateDict(
    state: ReadonlyMap<string, HostTensor>,
    options: LoadOptions = {},
  ): LoadReport {
    return loadStateDict(this, state, options);
  }

  /**
   * Output shape, parameters, multiply-adds and memory of every layer, in the
   * model's present mode. Runs `forward`, with its hooks, on shapes alone: the
   * model need not be on a device, and nothing in it changes.
   *
   * @param inputShapes The shape of every input of `forward`.
   * @throws {ShapeError} Where a layer does not take its input, as in a real
   * pass.
   * @throws {DeviceError} If `forward` reads values.
   *
   * @example
   * ```ts
   * import { ConvolutionalNeuralNetwork } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * const trace = new ConvolutionalNeuralNetwork().trace([100, 1, 28, 28]);
   * const first = trace.layers.find(({ name }) => name === "layer1.0");
   * assertEquals(first?.outputShape, [100, 16, 28, 28]);
   * assertEquals(trace.outputShape, [100, 10]);
   * ```
   */
  trace(...inputShapes: Shape[]): Trace {
    return traceModule(this, inputShapes);
  }

  /** The text that PyTorch's `print(model)` prints. */
  override toString(): string {
    return modelText(this);
  }
}

function displayModels({ prototype }: { readonly prototype: Module }): void {
  displayAs(prototype, modelBundle);
}
