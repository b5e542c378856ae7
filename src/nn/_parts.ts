import { describe } from "../base/errors.ts";
import { pathOf } from "./_path.ts";
import type { Module, StatePart } from "./module.ts";
import { ModuleBuffer } from "./module_buffer.ts";
import { Parameter } from "./parameter.ts";

/** Whether a part is a module, and no tensor. */
export function isModule(part: Module | StatePart): part is Module {
  return !(part instanceof Parameter || part instanceof ModuleBuffer);
}

/**
 * A module and all in it, outer before inner, tied ones by each of their names.
 *
 * @param prefix The module's own name.
 * @param outer The modules that it is in.
 * @throws {TypeError} If a module is in itself.
 */
export function* modulesIn(
  module: Module,
  prefix = "",
  outer: readonly Module[] = [],
): Iterable<[name: string, module: Module]> {
  if (outer.includes(module)) throw containsItself(module, prefix);
  yield [prefix, module];
  for (const [name, part] of module.parts()) {
    if (!isModule(part)) continue;
    yield* modulesIn(part, pathOf(prefix, name), [...outer, module]);
  }
}

/** The tensors in a module: of each module first parameters, then buffers. */
export function* tensorsIn(
  module: Module,
): Iterable<[name: string, part: StatePart]> {
  for (const [prefix, inner] of modulesIn(module)) {
    const parts = [...inner.parts()];
    for (const kind of [Parameter, ModuleBuffer]) {
      for (const [name, part] of parts) {
        if (!isModule(part) && part instanceof kind) {
          yield [pathOf(prefix, name), part];
        }
      }
    }
  }
}

/** The entries without those whose part was there before. */
export function* once<T>(
  entries: Iterable<[name: string, part: T]>,
): Iterable<[name: string, part: T]> {
  const seen = new Set<T>();
  for (const entry of entries) {
    const [, part] = entry;
    if (!seen.has(part)) yield entry;
    seen.add(part);
  }
}

function containsItself(module: Module, name: string): TypeError {
  return new TypeError(describe({
    what: `model: ${name}`,
    expected: "a module that is not in itself",
    got: `the ${module.constructor.name} that it is in`,
    help: "Keep what a layer knows of its model in a `#private` field.",
  }));
}
