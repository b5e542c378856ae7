import { describe } from "../base/errors.ts";

/**
 * Refuses what is no list of named tensors before a file is made of it: a
 * promise of one above all, for `stateDict()` reads the device.
 *
 * @throws {TypeError} If it cannot be walked through.
 */
export function checkIterable(format: string, tensors: unknown): void {
  if (Symbol.iterator in Object(tensors)) return;
  const [got, help] = whatElse(tensors);
  throw new TypeError(describe({
    what: `${format}: tensors`,
    expected: "a Map of names and tensors, as stateDict() gives it",
    got,
    help,
  }));
}

function whatElse(given: unknown): [got: string, help: string] {
  if (given === undefined) {
    return ["none", "Give { tensors: await model.stateDict() }."];
  }
  if (given instanceof Promise) {
    return ["a promise", "Await it: await model.stateDict()."];
  }
  if (typeof Object(given).stateDict === "function") {
    return ["a model", "Give await model.stateDict()."];
  }
  return [typeof given, "Of an object, new Map(Object.entries(…)) makes one."];
}
