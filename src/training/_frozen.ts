import { describe } from "../base/errors.ts";
import { Module, type Parameter } from "../nn/mod.ts";
import { isWithin, namedParts } from "./_named_parts.ts";

/**
 * The parts of a model that a training leaves as they are, bit for bit: their
 * parameters get no gradients, and their modules stay in evaluation mode, so that
 * batch normalisation uses its running statistics and does not move them.
 */
export class Frozen implements Disposable {
  readonly #model: Module;
  readonly #modules: readonly Module[];
  readonly #parameters: readonly Parameter[];

  /**
   * Freezes parts of a model.
   *
   * @param names As in a state dictionary.
   */
  constructor(model: Module, names: readonly string[]) {
    const parts = namedParts(model, "freeze", names).map(([, part]) => part);
    this.#model = model;
    this.#modules = parts.filter((part) => part instanceof Module);
    this.#parameters = parts
      .flatMap((part) => part instanceof Module ? part.parameters() : [part])
      .filter(({ requiresGrad }) => requiresGrad);
    for (const parameter of this.#parameters) parameter.requiresGrad = false;
  }

  /** Sets training mode, but for what is frozen. */
  train(): void {
    this.#model.train();
    for (const module of this.#modules) module.eval();
  }

  /** Thaws what was frozen here: the model is as it was before. */
  [Symbol.dispose](): void {
    for (const parameter of this.#parameters) parameter.requiresGrad = true;
  }
}

/**
 * Refuses names that a model does not have, and to freeze all of it.
 *
 * @throws {RangeError} If nothing is left to train.
 */
export function checkFreeze(model: Module, names: readonly string[]): void {
  namedParts(model, "freeze", names);
  const isLeft = [...model.namedParameters()].some(([name]) =>
    !isWithin(name, names)
  );
  if (isLeft || names.length === 0) return;
  throw new RangeError(describe({
    what: "train: freeze",
    expected: "a part of the network that is left to train",
    got: `all of it: ${names.join(", ")}`,
    help: "Leave out the part that is to learn, the last layer for instance.",
  }));
}
