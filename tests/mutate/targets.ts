/**
 * What is broken: kinds of sources, and the tests that cover each file.
 *
 * @module
 */

import { basename, dirname, join } from "@std/path";

/** What a source is, as the table of results has it. */
export interface Kind {
  readonly name: string;
  /** Whether a file, relative to the root, is of this kind. */
  has(file: string): boolean;
}

const losses =
  /^src\/ops\/(?:_loss|loss_options|cross_entropy|nll_loss|bce_\w+|binary_cross_entropy|\w*l1_loss|mse_loss|correct_count)\.ts$/;

/** The first kind that has a file is its kind. */
export const kinds: readonly Kind[] = [
  kind("kernels: WGSL", /^kernels\/.*\.wgsl$/),
  kind(
    "kernels: AssemblyScript",
    /^kernels\/.*\/simd(?:\.ts|\/[^/]*(?<!\.gen)\.ts)$/,
  ),
  kind(
    "kernels: TypeScript",
    /^kernels\/\w+\/.*(?<!\.gen)\.ts$/,
  ),
  kind("losses", losses),
  kind("gradients", /^src\/ops\/.*\.ts$/),
  kind("schedules", /^src\/optim\/schedules\/.*\.ts$/),
  kind("optimizers", /^src\/optim\/.*\.ts$/),
  kind("loaders", /^src\/data\/.*\.ts$/),
  kind("transforms", /^src\/transforms\/.*\.ts$/),
  kind("formats", /^src\/formats\/.*\.ts$/),
];

function kind(name: string, pattern: RegExp): Kind {
  return { name, has: (file) => pattern.test(file) };
}

/** The kind of a file, or undefined where it is none that is broken. */
export function kindOf(file: string): Kind | undefined {
  return kinds.find((each) => each.has(file));
}

/** Whether a file is AssemblyScript. */
export function isAssemblyScript(file: string): boolean {
  return kindOf(file)?.name === "kernels: AssemblyScript";
}

/** The imports of every file, by its path from the root; and their reverse. */
export class ImportGraph {
  readonly #importers = new Map<string, Set<string>>();
  readonly #imports = new Map<string, readonly string[]>();
  readonly #texts: ReadonlyMap<string, string>;

  /** @param texts The sources of the library and its tests, by path. */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
    for (const [file, text] of texts) {
      const imports = importsOf(file, text, texts);
      this.#imports.set(file, imports);
      for (const target of imports) {
        const importers = this.#importers.get(target) ?? new Set();
        this.#importers.set(target, importers.add(file));
      }
    }
  }

  /** The files that import this one themselves. */
  importersOf(file: string): readonly string[] {
    return [...this.#importers.get(file) ?? []];
  }

  /**
   * All files from which the imports lead to this one, itself among them.
   *
   * @param enter Whether the way may lead through a file.
   */
  reaching(file: string, enter: (file: string) => boolean): string[] {
    const found = new Set([file]);
    for (const each of found) {
      for (const importer of this.importersOf(each)) {
        if (enter(importer)) found.add(importer);
      }
    }
    return [...found];
  }

  /** All files that these import, themselves or through others. */
  importedBy(files: readonly string[]): string[] {
    const found = new Set(files);
    for (const each of found) {
      for (const target of this.#imports.get(each) ?? []) found.add(target);
    }
    return [...found];
  }

  /** The source of a file. */
  text(file: string): string {
    return this.#texts.get(file) ?? "";
  }

  /** All files. */
  get files(): string[] {
    return [...this.#texts.keys()];
  }
}

/** What a file imports; a generated module imports what it is made of. */
function importsOf(
  file: string,
  text: string,
  texts: ReadonlyMap<string, string>,
): string[] {
  const pattern = /\bfrom\s+"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/g;
  const imports = Array.from(
    text.matchAll(pattern),
    ([, path, lazy]) => join(dirname(file), path ?? lazy),
  );
  for (const [, path] of text.matchAll(/^\/\/ #import "([^"]+)"/gm)) {
    imports.push(join("kernels", path));
  }
  if (!file.endsWith(".gen.ts")) return imports;
  const folder = dirname(file);
  if (basename(file) !== "simd.gen.ts") {
    return [...imports, file.replace(/\.gen\.ts$/, ".wgsl")];
  }
  const own = [...texts.keys()].filter((each) =>
    each === `${folder}/simd.ts` || dirname(each) === `${folder}/simd`
  );
  return [...imports, ...own];
}
