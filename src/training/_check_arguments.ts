import { describe } from "../base/errors.ts";
import { type Layer, Module } from "../nn/mod.ts";

/**
 * Refuses what is no model: types are not checked where a program runs.
 *
 * @throws {TypeError} If it is no instance of `Module`.
 */
export function checkModel(caller: string, model: Layer): void {
  if (model instanceof Module) return;
  throw wrongArgument(
    `${caller}: model`,
    "a Module",
    model,
    "Extend Module, and give an instance: new Net().",
  );
}

/** The error of an argument that is none of what it should be. */
export function wrongArgument(
  what: string,
  expected: string,
  given: unknown,
  help: string,
): TypeError {
  return new TypeError(describe({ what, expected, got: nameOf(given), help }));
}

function nameOf(given: unknown): string {
  if (typeof given === "function") return `the function ${given.name}`;
  if (typeof given !== "object") return JSON.stringify(given) ?? "nothing";
  return given === null ? "null" : `an object, ${given.constructor?.name}`;
}
