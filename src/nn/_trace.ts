import { ShapeDevice } from "../devices/shape/shape_device.ts";
import { describe } from "../base/errors.ts";
import { Scope } from "../core/scope.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** What a layer makes of its input, without having made it. */
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

/** A forward pass, by shapes alone. */
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
  const layers: Writable<LayerTrace>[] = [];
  const open: Writable<LayerTrace>[] = [];
  const seen = new Set<Module>();
  const device = new ShapeDevice((count) => {
    const layer = open.at(-1);
    if (layer !== undefined) layer.multiplyAdds += count;
  });

  function call(name: string, module: Module, run: () => unknown): unknown {
    const layer: Writable<LayerTrace> = {
      name,
      type: module.constructor.name,
      isContainer: [...module.namedChildren()].length > 0,
      outputShape: null,
      outputBytes: 0,
      parameters: seen.has(module) ? 0 : ownParameters(module),
      multiplyAdds: 0,
    };
    seen.add(module);
    layers.push(layer);
    open.push(layer);
    const output = run();
    open.pop();
    if (output instanceof Tensor) {
      layer.outputShape = output.shape;
      layer.outputBytes = 4 * elementsOf(output.shape);
    }
    return output;
  }

  using _scope = new Scope();
  using _hooks = hook(model, device, call);
  const inputs = inputShapes.map((shape) => Tensor.empty(device, shape));
  (model.forward as (...inputs: Tensor[]) => unknown)(...inputs);
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

/**
 * Gives every module a `forward` that tells of its call, and every parameter
 * and buffer a tensor on the device, until it is disposed of. What the model
 * has itself stays untouched below, memory on a real device or none.
 */
function hook(
  model: Module,
  device: ShapeDevice,
  call: (name: string, module: Module, run: () => unknown) => unknown,
): DisposableStack {
  const hooks = new DisposableStack();
  const shadow = (target: object, key: string, value: unknown) => {
    const own = Object.getOwnPropertyDescriptor(target, key);
    Object.defineProperty(target, key, { value, configurable: true });
    hooks.defer(() => {
      if (own === undefined) Reflect.deleteProperty(target, key);
      else Object.defineProperty(target, key, own);
    });
  };
  const modules = new Map<Module, string>();
  for (const [name, module] of model.namedModules()) {
    if (!modules.has(module)) modules.set(module, name);
  }
  for (const [module, name] of modules) {
    const forward = module.forward.bind(module) as (...x: never[]) => unknown;
    shadow(
      module,
      "forward",
      (...inputs: never[]) => call(name, module, () => forward(...inputs)),
    );
  }
  const parts = new Set(Array.from(model.namedTensors(), ([, part]) => part));
  for (const part of parts) {
    const isParameter = part instanceof Parameter;
    const shape = isParameter ? part.shape : [part.length];
    const dtype = isParameter ? "f32" : part.dtype;
    shadow(part, "tensor", Tensor.empty(device, shape, dtype));
  }
  return hooks;
}

function ownParameters(module: Module): number {
  return [...module.parts()].reduce(
    (count, [, part]) =>
      part instanceof Parameter ? count + part.length : count,
    0,
  );
}

function sum(
  layers: readonly LayerTrace[],
  key: "parameters" | "multiplyAdds" | "outputBytes",
): number {
  return layers.reduce((total, layer) => total + layer[key], 0);
}
