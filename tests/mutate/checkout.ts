/**
 * A copy of the checkout, in which one file at a time is broken. The working
 * tree is never changed.
 *
 * @module
 */

import { ensureDir, exists } from "@std/fs";
import { dirname, fromFileUrl, join } from "@std/path";
import { unoptimizedModule } from "../../kernels/generate_wasm.ts";
import { expandWgsl, wgslModuleText } from "../../kernels/generate_wgsl.ts";
import { type ImportGraph, isAssemblyScript } from "./targets.ts";
import { TestRunner } from "./test_runner.ts";
import { WgslRunner } from "./wgsl_runner.ts";

/** The compiled CPU kernels. */
const COMPILED = "kernels/lib/wasm.gen.ts";

/** The files of the checkout, tracked or new, relative to its root. */
export async function filesOf(root: URL): Promise<string[]> {
  const { code, stderr, stdout } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`git ls-files: ${decoder.decode(stderr)}`);
  const all = decoder.decode(stdout).trim().split("\n");
  const here = await Promise.all(
    all.map((file) => exists(join(fromFileUrl(root), file))),
  );
  return all.filter((_, at) => here[at]);
}

/** The copies that there are. */
const roots = new Set<string>();

/** Removes all copies, at once. */
export function removeCheckouts(): void {
  for (const root of roots) Deno.removeSync(root, { recursive: true });
  roots.clear();
}

/** A copy of the checkout. */
export class Checkout implements AsyncDisposable {
  /** The path of its root. */
  readonly root: string;
  /** What runs kernel cases with broken WGSL. */
  readonly wgsl: WgslRunner;
  /** What runs tests with mutants that are in the files, switched off. */
  readonly tests: TestRunner;
  readonly #graph: ImportGraph;
  readonly #original: string;
  readonly #changed = new Set<string>();

  private constructor(root: string, original: string, graph: ImportGraph) {
    this.root = root;
    this.wgsl = new WgslRunner(root);
    this.tests = new TestRunner(root);
    this.#original = original;
    this.#graph = graph;
  }

  /**
   * Copies the files; `data/`, if there is one, is linked.
   *
   * @param changed The texts of files that are other than in the original.
   */
  static async copy(
    root: URL,
    files: readonly string[],
    graph: ImportGraph,
    changed: ReadonlyMap<string, string> = new Map(),
  ): Promise<Checkout> {
    const original = fromFileUrl(root);
    const copy = await Deno.makeTempDir({ prefix: "mutate-" });
    roots.add(copy);
    for (const file of files) {
      await ensureDir(dirname(join(copy, file)));
      await Deno.copyFile(join(original, file), join(copy, file));
    }
    for (const [file, text] of changed) {
      await Deno.writeTextFile(join(copy, file), text);
    }
    if (await exists(join(original, "data"))) {
      const data = await Deno.realPath(join(original, "data"));
      await Deno.symlink(data, join(copy, "data"));
    }
    return new Checkout(copy, original, graph);
  }

  /** Writes a file anew. */
  async break(file: string, text: string): Promise<void> {
    await this.#write(file, text);
  }

  /** The source of each module of WGSL that a file is a part of, by its file. */
  async modulesOf(file: string): Promise<Record<string, string>> {
    const modules: Record<string, string> = {};
    for (const source of this.#expandedFrom(file)) {
      const module = `kernels/${source.replace(/\.wgsl$/, ".gen.ts")}`;
      const { code } = await expandWgsl(join(this.root, "kernels"), source);
      modules[module] = code;
    }
    return modules;
  }

  /**
   * Compiles CPU kernels, without waiting for optimizations.
   *
   * @param files What has them, in AssemblyScript. Default: all.
   * @throws {SyntaxError} If they do not compile.
   */
  async assemble(
    files: readonly string[] = this.#graph.files.filter(isAssemblyScript),
  ): Promise<void> {
    const folder = join(this.root, "kernels");
    const relative = files.map((file) => file.replace(/^kernels\//, ""));
    await this.#write(COMPILED, await unoptimizedModule(folder, relative));
  }

  /** Writes all as it was. */
  async restore(): Promise<void> {
    for (const file of this.#changed) {
      await Deno.copyFile(join(this.#original, file), join(this.root, file));
    }
    this.#changed.clear();
  }

  /** Removes the copy. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.wgsl.close();
    this.tests.close();
    roots.delete(this.root);
    await Deno.remove(this.root, { recursive: true });
  }

  async #write(file: string, text: string): Promise<void> {
    this.#changed.add(file);
    await Deno.writeTextFile(join(this.root, file), text);
  }

  /** Writes the modules of WGSL that a file is a part of. */
  async expand(file: string): Promise<void> {
    const folder = join(this.root, "kernels");
    for (const source of this.#expandedFrom(file)) {
      const expanded = await expandWgsl(folder, source);
      const module = source.replace(/\.wgsl$/, ".gen.ts");
      await this.#write(
        `kernels/${module}`,
        wgslModuleText(source, expanded),
      );
    }
  }

  /** The files with entry points, below `kernels/`, that a file is a part of. */
  #expandedFrom(file: string): string[] {
    return this.#graph.reaching(
      file,
      (each) => each.endsWith(".wgsl") || each.endsWith(".gen.ts"),
    ).filter((each) => each.endsWith(".gen.ts"))
      .map((each) => each.replace(/^kernels\/|\.gen\.ts$/g, "") + ".wgsl");
  }
}
