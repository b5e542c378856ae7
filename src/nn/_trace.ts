import { ShapeDevice } from "../devices/shape/shape_device.ts";
import { describe } from "../base/errors.ts";
import { Scope } from "../core/scope.ts";
import {
  type AnyTensor,
  elementsOf,
  type Shape,
  Tensor,
} from "../core/tensor.ts";
import { type Substitutes, withSubstitutes } from "./_materialized.ts";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * One call of a layer, by shapes alone.
 *
 * @category Modules
 */
export interface LayerTrace {
  /** Name of the module: `layer1.0`; `""` for the model itself. */
  readonly name: string;
  /** Name of its class. */
  readonly type: string;
  /** Whether it has modules of its own. */
  readonly isContainer: boolean;
  /** Shape of what it gives, or null if that is no tensor. */
  readonly outputShape: Shape | null;
  /** Bytes of that in f32. */
  readonly outputBytes: number;
  /** Elements of its own parameters; 0 where it is called again. */
  readonly parameters: number;
  /**
   * Multiplications, each with its addition, of its own convolutions and linear
   * maps; what else a layer does counts as none.
   */
  readonly multiplyAdds: number;
}

/**
 * A forward pass, by shapes alone.
 *
 * @category Modules
 */
export interface Trace {
  /** The inputs. */
  readonly inputShapes: readonly Shape[];
  /** All modules in the order in which they are called. */
  readonly layers: readonly LayerTrace[];
  /** Shape of what the model gives, or null if that is no tensor. */
  readonly outputShape: Shape | null;
  /** Elements of all parameters that were used. */
  readonly parameters: number;
  /** Sum over all layers. */
  readonly multiplyAdds: number;
  /** Bytes of all parameters, in f32. */
  readonly parameterBytes: number;
  /** Bytes of the outputs of all layers that are no containers. */
  readonly activationBytes: number;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Runs a model on shapes, and notes what every module gives. */
export function traceModule(
  model: Module,
  inputShapes: readonly Shape[],
): Trace {
  if (inputShapes.length === 0) {
    throw new TypeError(describe({
      what: "model.trace",
      expected: "the shape of every input",
      got: "none",
      help: "Give one: model.trace([100, 1, 28, 28]).",
    }));
  }
  using layers = new LayerTraces(model);
  const device = new ShapeDevice((count) => layers.count(count));
  using _scope = new Scope();
  const inputs = inputShapes.map((shape) => Tensor.empty(device, shape));
  withSubstitutes(substitutesOn(device, model), () => {
    (model.forward as (...inputs: Tensor[]) => unknown)(...inputs);
  });
  return traceOf(inputShapes, layers.all);
}

function traceOf(
  inputShapes: readonly Shape[],
  layers: readonly LayerTrace[],
): Trace {
  const parameters = sum(layers, "parameters");
  return {
    inputShapes,
    layers,
    outputShape: layers[0].outputShape,
    parameters,
    multiplyAdds: sum(layers, "multiplyAdds"),
    parameterBytes: 4 * parameters,
    activationBytes: sum(
      layers.filter(({ isContainer }) => !isContainer),
      "outputBytes",
    ),
  };
}

/** Notes the calls of all modules of a model, by hooks that disposal removes. */
class LayerTraces implements Disposable {
  /** All calls so far. */
  readonly all: Writable<LayerTrace>[] = [];
  /** Those that have not returned, outermost first. */
  readonly #open: { module: Module; layer: Writable<LayerTrace> }[] = [];
  readonly #counted = new Set<Parameter>();
  readonly #hooks = new DisposableStack();

  constructor(model: Module) {
    for (const [name, module] of [...model.namedModules()]) {
      this.#hooks.use(
        module.registerForwardPreHook(() => this.#start(name, module)),
      );
      this.#hooks.use(
        module.registerForwardHook((_module, _inputs, output) =>
          this.#finish(module, output)
        ),
      );
    }
  }

  /** Adds multiply-adds to the module that computes. */
  count(multiplyAdds: number): void {
    const open = this.#open.at(-1);
    if (open !== undefined) open.layer.multiplyAdds += multiplyAdds;
  }

  [Symbol.dispose](): void {
    this.#hooks.dispose();
  }

  #start(name: string, module: Module): void {
    const layer: Writable<LayerTrace> = {
      name,
      type: module.constructor.name,
      isContainer: [...module.namedChildren()].length > 0,
      outputShape: null,
      outputBytes: 0,
      parameters: this.#parametersOf(module),
      multiplyAdds: 0,
    };
    this.all.push(layer);
    this.#open.push({ module, layer });
  }

  #finish(module: Module, output: unknown): void {
    // Calls that threw inside of this one, and were caught, are open still.
    const at = this.#open.findLastIndex((open) => open.module === module);
    const [{ layer }] = this.#open.splice(at);
    if (!(output instanceof Tensor)) return;
    layer.outputShape = output.shape;
    layer.outputBytes = 4 * elementsOf(output.shape);
  }

  /** Elements of a module's own parameters that no call had before. */
  #parametersOf(module: Module): number {
    let count = 0;
    for (const [, part] of module.parts()) {
      if (!(part instanceof Parameter) || this.#counted.has(part)) continue;
      this.#counted.add(part);
      count += part.length;
    }
    return count;
  }
}

/** Tensors on the device in place of a model's memory, which it may not have. */
export function substitutesOn(
  device: ShapeDevice,
  model: Module,
): Substitutes {
  const tensors = new Map<object, AnyTensor>();
  for (const [, part] of model.namedTensors()) {
    const isParameter = part instanceof Parameter;
    const shape = isParameter ? part.shape : [part.length];
    const dtype = isParameter ? "f32" : part.dtype;
    tensors.set(part, Tensor.empty(device, shape, dtype));
  }
  const modules = new Set(Array.from(model.namedModules(), ([, part]) => part));
  return { modules, tensors };
}

function sum(
  layers: readonly LayerTrace[],
  key: "parameters" | "multiplyAdds" | "outputBytes",
): number {
  return layers.reduce((total, layer) => total + layer[key], 0);
}
