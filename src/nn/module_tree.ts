import { isModule, modulesIn, once, tensorsIn } from "./_parts.ts";
import { pathOf } from "./_path.ts";
import type { Module, StatePart } from "./module.ts";
import { ModuleBuffer } from "./module_buffer.ts";
import { Parameter } from "./parameter.ts";

/** A {@linkcode Module} as what it consists of: modules, parameters, buffers. */
export abstract class ModuleTree {
  /**
   * The parts directly in this module, by their names in a state dictionary. A
   * tied part, which is there twice, has two names.
   */
  *parts(): Iterable<[name: string, part: Module | StatePart]> {
    for (const [field, value] of Object.entries(this)) {
      if (value instanceof ModuleBuffer) yield [value.name ?? field, value];
      else yield* partsIn(field, value);
    }
  }

  /** The modules directly in this one, each once. */
  *namedChildren(): Iterable<[name: string, module: Module]> {
    yield* once(
      [...this.parts()].filter((entry): entry is [string, Module] =>
        isModule(entry[1])
      ),
    );
  }

  /**
   * This module and all in it, outer before inner: `""`, `layer1`, … A tied
   * module is there once, by its first name.
   */
  *namedModules(prefix = ""): Iterable<[name: string, module: Module]> {
    yield* once(modulesIn(this.#module, prefix));
  }

  /**
   * All parameters and buffers, in the order of a state dictionary. As there, a
   * tied one is there by each of its names.
   */
  *namedTensors(): Iterable<[name: string, part: StatePart]> {
    yield* tensorsIn(this.#module);
  }

  /**
   * All parameters, by their names in a state dictionary; a tied one once, by
   * its first name.
   */
  *namedParameters(): Iterable<[name: string, parameter: Parameter]> {
    for (const [name, part] of once(this.namedTensors())) {
      if (part instanceof Parameter) yield [name, part];
    }
  }

  /** All buffers, as {@linkcode Module.namedParameters} has the parameters. */
  *namedBuffers(): Iterable<
    [name: string, buffer: ModuleBuffer | ModuleBuffer<"i32">]
  > {
    for (const [name, part] of once(this.namedTensors())) {
      if (part instanceof ModuleBuffer) yield [name, part];
    }
  }

  /** The modules directly in this one, each once. */
  children(): Module[] {
    return Array.from(this.namedChildren(), ([, module]) => module);
  }

  /** This module and all in it, outer before inner, each once. */
  modules(): Module[] {
    return Array.from(this.namedModules(), ([, module]) => module);
  }

  /**
   * Calls a function with every module in this one, inner before outer, and with
   * this one at last. A tied module is called for each of its places.
   *
   * @example
   * ```ts
   * import { init, Linear, openDevice, ReLU, Sequential } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * const model = new Sequential(new Linear(2, 2), new ReLU());
   * model.apply((module) => {
   *   if (!(module instanceof Linear)) return;
   *   init.xavierUniform(module.weight);
   *   init.constant(module.bias!, 0.01);
   * });
   * using device = await openDevice({ device: "cpu" });
   * model.to(device, { seed: 0 });
   * const bias = (await model.stateDict()).get("0.bias");
   * assertEquals(bias?.data, new Float32Array([0.01, 0.01]));
   * ```
   */
  apply(run: (module: Module) => void): this {
    for (const child of this.children()) child.apply(run);
    run(this.#module);
    return this;
  }

  /**
   * Freezes all parameters, or thaws them: see
   * {@linkcode Parameter.requiresGrad}.
   *
   * @param requiresGrad Whether gradients are worked out. Default true.
   *
   * @example
   * ```ts
   * import { Linear, openDevice, Sequential, sum, Tape, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * const [features, head] = [new Linear(2, 2), new Linear(2, 1)];
   * const model = new Sequential(features, head).to(device);
   * features.requiresGrad_(false);
   * using x = Tensor.from(device, [1, 2], [1, 2]);
   * {
   *   using tape = new Tape();
   *   tape.backward(sum(model.forward(x)));
   * }
   * assertEquals(features.weight.grad, null);
   * assertEquals(head.weight.grad?.shape, [1, 2]);
   * ```
   */
  requiresGrad_(requiresGrad = true): this {
    for (const parameter of this.parameters()) {
      parameter.requiresGrad = requiresGrad;
    }
    return this;
  }

  /** All parameters, each once, for an optimizer. */
  parameters(): Parameter[] {
    return Array.from(this.namedParameters(), ([, parameter]) => parameter);
  }

  /** Modules alone are trees of modules. */
  get #module(): Module {
    return this as unknown as Module;
  }
}

/** The parts in a field or in an element of a list, lists in lists too. */
function* partsIn(
  name: string,
  value: unknown,
): Iterable<[name: string, part: Module | StatePart]> {
  if (value instanceof ModuleTree) yield [name, value as Module];
  else if (value instanceof Parameter || value instanceof ModuleBuffer) {
    yield [name, value];
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      yield* partsIn(pathOf(name, String(index)), element);
    }
  }
}
