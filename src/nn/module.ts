import { assume, change } from "../core/guards.ts";
import { RandomGenerator } from "../core/random.ts";
import type { Device } from "../devices/device.ts";
import { describe } from "../base/errors.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { createArena } from "./_arena.ts";
import { modelText } from "./_text.ts";
import { type Trace, traceModule } from "./_trace.ts";
import { ModuleBuffer } from "./module_buffer.ts";
import { Parameter } from "./parameter.ts";
import {
  type LoadOptions,
  type LoadReport,
  loadStateDict,
  readStateDict,
} from "./_state_dict.ts";

/** The first values of a model. */
export interface PlacementOptions {
  /** Seeds the generator of the first values; default is a random seed. */
  seed?: number;
  /** Gives the first values itself, instead of one with `seed`. */
  generator?: RandomGenerator;
}

/** A module from one tensor to one tensor: what {@linkcode Sequential} chains. */
export type Layer = Module & {
  /** Computes the layer's output. */
  forward(x: Tensor): Tensor;
};

/** What a state dictionary may hold. */
export type StatePart = Parameter | ModuleBuffer | ModuleBuffer<"i32">;

/**
 * A model or a part of one, as PyTorch's `nn.Module`. Its fields that are
 * modules, parameters or buffers belong to it, in the order in which they are
 * set.
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
 */
export abstract class Module {
  #training = true;

  /** Computes the module's output. */
  abstract forward(...inputs: never[]): unknown;

  /**
   * Whether the module is in training mode; {@linkcode Module.train} and
   * {@linkcode Module.eval} set it.
   */
  get training(): boolean {
    const training = this.#training;
    assume(this, () => this.#training === training);
    return training;
  }

  /** Sets training mode, or evaluation mode, here and in all parts. */
  train(training = true): this {
    for (const [, module] of this.namedModules()) {
      change(module, () => {
        module.#training = training;
      });
    }
    return this;
  }

  /** Sets evaluation mode, here and in all parts. */
  eval(): this {
    return this.train(false);
  }

  /** What the printed text says in the module's parentheses. */
  extraRepresentation(): string {
    return "";
  }

  /** The parts directly in this module, by their names in a state dictionary. */
  *parts(): Iterable<[name: string, part: Module | StatePart]> {
    for (const [field, value] of Object.entries(this)) {
      if (value instanceof ModuleBuffer) yield [value.name ?? field, value];
      else if (value instanceof Module || value instanceof Parameter) {
        yield [field, value];
      }
    }
  }

  /** The modules directly in this one. */
  *namedChildren(): Iterable<[name: string, module: Module]> {
    for (const [name, part] of this.parts()) {
      if (part instanceof Module) yield [name, part];
    }
  }

  /** This module and all in it, outer before inner: `""`, `layer1`, … */
  *namedModules(prefix = ""): Iterable<[name: string, module: Module]> {
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) {
      yield* child.namedModules(join(prefix, name));
    }
  }

  /** All parameters and buffers, in the order of a state dictionary. */
  *namedTensors(): Iterable<[name: string, part: StatePart]> {
    for (const [prefix, module] of this.namedModules()) {
      const parts = [...module.parts()];
      for (const kind of [Parameter, ModuleBuffer]) {
        for (const [name, part] of parts) {
          if (part instanceof Module || !(part instanceof kind)) continue;
          yield [join(prefix, name), part];
        }
      }
    }
  }

  /** All parameters, by their names in a state dictionary. */
  *namedParameters(): Iterable<[name: string, parameter: Parameter]> {
    for (const [name, part] of this.namedTensors()) {
      if (part instanceof Parameter) yield [name, part];
    }
  }

  /** All buffers, by their names in a state dictionary. */
  *namedBuffers(): Iterable<
    [name: string, buffer: ModuleBuffer | ModuleBuffer<"i32">]
  > {
    for (const [name, part] of this.namedTensors()) {
      if (part instanceof ModuleBuffer) yield [name, part];
    }
  }

  /** All parameters, for an optimizer. */
  parameters(): Parameter[] {
    return Array.from(this.namedParameters(), ([, parameter]) => parameter);
  }

  /**
   * Gives the model its memory and its first values, drawn in the order and by
   * the generator of PyTorch: the same seed gives PyTorch's own weights.
   *
   * @param device Where the model is to live.
   * @param options Where the first values come from.
   * @throws {TypeError} If the model is on a device already.
   */
  to(device: Device, options: PlacementOptions = {}): this {
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    const { generator = new RandomGenerator(options.seed ?? random) } = options;
    createArena(device, this.parameters(), generator);
    for (const [, buffer] of this.namedBuffers()) buffer.placeOn(device);
    for (const [, module] of this.namedModules()) module.seed(generator);
    return this;
  }

  /** Takes a seed for what the module itself draws at random. */
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
   * What every layer makes of inputs of these shapes, in the model's mode of
   * the moment: shapes, parameters, multiply-adds and memory. Runs `forward`
   * on shapes alone, so the model need not be on a device and nothing in it
   * changes.
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
  toString(): string {
    return modelText(this);
  }

  /** What `console.log` prints. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/** Throws unless the value is a whole number of at least 1. */
export function checkCount(where: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(describe({
    what: where,
    expected: "a whole number of at least 1",
    got: String(value),
    help: "Give the number of channels or features.",
  }));
}

function join(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}
