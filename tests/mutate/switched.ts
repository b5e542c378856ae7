/**
 * The mutants of TypeScript that can be switched on while tests run.
 *
 * @module
 */

import { type Numbered, schemataOf } from "./schemata.ts";
import { isAssemblyScript } from "./targets.ts";

/** A mutant as a place in a file. */
export type PlacedMutant = Numbered & { readonly file: string };

/**
 * The texts of the files with all mutants that can be switched, and the numbers
 * of those.
 */
export function switchedFiles(
  mutants: readonly PlacedMutant[],
  texts: ReadonlyMap<string, string>,
): { changed: Map<string, string>; ids: Set<number> } {
  const changed = new Map<string, string>();
  const ids = new Set<number>();
  const byFile = Map.groupBy(mutants, ({ file }) => file);
  for (const [file, own] of byFile) {
    if (!file.endsWith(".ts") || isAssemblyScript(file)) continue;
    const made = schemataOf(texts.get(file)!, own);
    changed.set(file, made.text);
    for (const id of made.ids) ids.add(id);
  }
  return { changed, ids };
}
