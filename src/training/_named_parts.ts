import { closest } from "../base/closest.ts";
import { describe } from "../base/errors.ts";
import type { Module, Parameter } from "../nn/mod.ts";

/** A module or a parameter of a model, with its name. */
export type NamedPart = readonly [name: string, part: Module | Parameter];

/**
 * The parts of a model that an option names as a state dictionary does: `layer1`,
 * `layer1.0`, `fc.bias`.
 *
 * @throws {RangeError} If there is none of a name.
 */
export function namedParts(
  model: Module,
  option: string,
  names: readonly string[],
): NamedPart[] {
  const modules = [...model.namedModules()].filter(([name]) => name !== "");
  const parts = new Map<string, Module | Parameter>([
    ...model.namedParameters(),
    ...modules,
  ]);
  // A network that is one layer has parameters alone.
  const known = modules.length > 0
    ? modules.map(([name]) => name)
    : [...parts.keys()];
  return names.map((name) => {
    const part = parts.get(name);
    if (part !== undefined) return [name, part] as const;
    const meant = closest(name, [...parts.keys()]);
    throw new RangeError(describe({
      what: `train: ${option}`,
      expected: `parts of the network: ${known.join(", ")}`,
      got: name,
      help: meant === null
        ? "Name a layer or a parameter as the state dictionary does."
        : `Did you mean ${meant}?`,
    }));
  });
}

/** Whether a name is that of a part, or of something in it. */
export function isWithin(name: string, parts: readonly string[]): boolean {
  return parts.some((part) => name === part || name.startsWith(`${part}.`));
}
