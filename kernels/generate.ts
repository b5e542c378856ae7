/**
 * Writes the kernels as TypeScript modules: WGSL, see `generate_wgsl.ts`, and
 * WebAssembly, see `generate_wasm.ts`.
 *
 * JSR rejects `import … with { type: "text" }`, and reading a file beside the
 * module needs a permission and is lost in `deno bundle` and the browser. A
 * string in a module works everywhere.
 *
 * `deno task kernels` writes the modules that are not current and removes those
 * without a kernel; with `--check` it only looks, and fails if there are any.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { ensureDir } from "@std/fs";
import { dirname, fromFileUrl, join } from "@std/path";
import { describe } from "../src/base/errors.ts";
import { wasmModules } from "./generate_wasm.ts";
import { expandWgsl, wgslModuleText } from "./generate_wgsl.ts";

/**
 * The generated modules of a folder that are not what its kernels say.
 *
 * @param folder The path of the folder with the kernels.
 * @returns By file name: the text that belongs there, or `null` if there is no
 * such kernel any more.
 */
export async function staleModules(
  folder: string,
): Promise<Map<string, string | null>> {
  const files = await filesBelow(folder);
  const modules = await wasmModules(folder, files.filter(isAssemblyScript));
  for (const file of files.filter((each) => each.endsWith(".wgsl"))) {
    if (!await hasEntryPoint(join(folder, file))) continue;
    modules.set(
      file.replace(/\.wgsl$/, ".gen.ts"),
      wgslModuleText(file, await expandWgsl(folder, file)),
    );
  }
  const stale = new Map<string, string | null>();
  for (const [file, text] of modules) {
    const isCurrent = files.includes(file) &&
      await readText(join(folder, file)) === text;
    if (!isCurrent) stale.set(file, text);
  }
  for (const file of files) {
    if (file.endsWith(".gen.ts") && !modules.has(file)) stale.set(file, null);
  }
  return stale;
}

/** All files below a folder, relative to it, with `/` between folders. */
async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  for await (
    const { isDirectory, name } of Deno.readDir(join(folder, prefix))
  ) {
    const path = prefix + name;
    if (isDirectory) files.push(...await filesBelow(folder, `${path}/`));
    else files.push(path);
  }
  return files.sort();
}

/** Whether a WGSL file can be run, and is not only for others to import. */
async function hasEntryPoint(path: string): Promise<boolean> {
  return (await Deno.readTextFile(path)).includes("@compute");
}

/** Whether a file is AssemblyScript: `simd.ts`, or in a folder `simd/`. */
function isAssemblyScript(file: string): boolean {
  return /\/simd(\.ts|\/[^/]*(?<!\.gen)\.ts)$/.test(file);
}

/**
 * Writes the modules of a folder that are not current, and removes those whose
 * kernel is gone.
 *
 * @param folder The path of the folder with the kernels.
 * @returns The names of the files that it changed.
 */
export async function writeModules(folder: string): Promise<string[]> {
  const stale = await staleModules(folder);
  for (const [module, text] of stale) {
    const path = join(folder, module);
    if (text === null) await Deno.remove(path);
    else {
      await ensureDir(dirname(path));
      await Deno.writeTextFile(path, text);
    }
  }
  return [...stale.keys()];
}

/**
 * Fails unless the modules of a folder are current.
 *
 * @param folder The path of the folder with the kernels.
 * @throws {Error} If any is not: one line that names them.
 */
export async function checkModules(folder: string): Promise<void> {
  const stale = await staleModules(folder);
  if (stale.size === 0) return;
  throw new Error(describe({
    what: `kernel modules not current: ${[...stale.keys()].join(", ")}`,
    help: "Run deno task kernels.",
  }));
}

// A checkout with CRLF has the same kernels: a template literal reads it as LF.
async function readText(path: string): Promise<string> {
  return (await Deno.readTextFile(path)).replaceAll("\r\n", "\n");
}

async function main(args: string[], folder: string): Promise<void> {
  const { check } = parseArgs(args, {
    boolean: ["check"],
    unknown: (option) => {
      throw new TypeError(describe({
        what: "deno task kernels",
        expected: "--check or nothing",
        got: option,
        help: "Leave it out.",
      }));
    },
  });
  if (check) return await checkModules(folder);
  for (const file of await writeModules(folder)) console.log(file);
}

if (import.meta.main) {
  try {
    await main(Deno.args, dirname(fromFileUrl(import.meta.url)));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
