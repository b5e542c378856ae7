import { describe } from "../base/errors.ts";
import type { AnyTensor } from "../core/tensor.ts";
import { asLocated, runningModules } from "./_running.ts";

/** Tensors that a synchronous call sees as the memory of a model. */
export interface Substitutes {
  /** The modules of the model. */
  readonly modules: ReadonlySet<object>;
  /** A tensor for each of its parameters and buffers. */
  readonly tensors: ReadonlyMap<object, AnyTensor>;
}

/** Modules that `to(device)` has found. */
const materialized = new WeakSet<object>();
let substitutes: Substitutes | null = null;

/** Notes that a module is part of a model on a device. */
export function markMaterialized(module: object): void {
  materialized.add(module);
}

/** Whether a module is part of a model on a device. */
export function isMaterialized(module: object): boolean {
  return materialized.has(module);
}

/**
 * Calls a function to which parameters and buffers have other tensors than
 * their own: a model runs on another device, or without memory at all, and
 * nothing in it changes. An asynchronous function sees them until its first
 * `await`.
 */
export function withSubstitutes<T>(given: Substitutes, run: () => T): T {
  const outer = substitutes;
  substitutes = given;
  try {
    return run();
  } finally {
    substitutes = outer;
  }
}

/**
 * The tensor of a parameter or buffer.
 *
 * @param part The parameter or buffer.
 * @param own Its own tensor, or null before `to(device)`.
 * @throws {TypeError} If there is none.
 */
export function tensorOf<T extends AnyTensor>(part: object, own: T | null): T {
  const tensor = substitutes?.tensors.get(part) ?? own;
  if (tensor === null) throw notMaterialized();
  return tensor as T;
}

/** The error of a parameter or buffer without memory. */
export function notMaterialized(): TypeError {
  const isKnown = (module: object) =>
    (substitutes?.modules ?? materialized).has(module);
  const running = runningModules();
  const owner = running.findLastIndex(isKnown);
  return asLocated(
    owner >= 0
      ? unknownPart(running[owner], running[owner + 1])
      : unknownModel(running[0]),
  );
}

/** The error of a model that is on no device. */
function unknownModel(model: object | undefined): TypeError {
  return new TypeError(describe({
    what: `${nameOf(model) ?? "parameter or buffer"}: use before to(device)`,
    expected: "a model with memory on a device",
    got: "one that has only shapes",
    help: "Call `model.to(device)` first, with every layer in a public field " +
      "or list of the model.",
  }));
}

/** The error of a layer, parameter or buffer that is no part of the model. */
function unknownPart(owner: object, layer: object | undefined): TypeError {
  const part = nameOf(layer) ?? "parameter or buffer";
  return new TypeError(describe({
    what: `${part}: used by ${nameOf(owner)}, which does not know it`,
    expected: "a field or list of the model, there before to(device)",
    got: "one that to(device) did not find",
    help: "Keep it in a public field, an array or a ModuleList: `#private` " +
      "fields, maps and closures are not searched.",
  }));
}

function nameOf(module: object | undefined): string | undefined {
  return module?.constructor.name;
}
