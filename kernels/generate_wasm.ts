/**
 * Compiles the CPU kernels, AssemblyScript, into one WebAssembly module in two
 * builds, with relaxed SIMD and for engines without it: `lib/wasm.gen.ts` has the
 * first, and what makes the second of it. AssemblyScript is what is called
 * `simd.ts` or lies in a folder `simd/`.
 *
 * Each exported function `(args, part, parts)` whose arguments are an
 * `@unmanaged class` is a kernel; `FOLDER/simd.gen.ts` exports it to TypeScript
 * as a function that makes calls of it.
 *
 * The compiler is deterministic: the same sources and version give the same
 * bytes.
 *
 * @module
 */

import { main as compile } from "npm:assemblyscript@0.28.20/asc";
import { exists } from "@std/fs";
import { join } from "@std/path";
import { describe } from "../src/base/errors.ts";
import { makePatch } from "./generate_patch.ts";

/** The features of WebAssembly that both builds need. */
const features = "simd,threads";

/** Those of the build that fuses multiply and add. */
const relaxedFeatures = `${features},relaxed-simd`;

/** The function that runs programs of kernel calls, and is no kernel itself. */
const runtime: Exported = {
  file: "lib/simd/run.ts",
  functions: ["close", "run", "solo", "workerLoop"],
};

/** No garbage collection, one memory and one table for all threads. */
const flags = [
  "mod.ts",
  "--outFile=module.wasm",
  "--shrinkLevel=0",
  "--noAssert",
  "--runtime=stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=1",
  "--maximumMemory=65536",
  "--importTable",
  "--disableWarning",
];

/** The imports of a module: anything else would need a host function. */
const allowedImports = [
  "env.memory",
  "env.table",
  "wide.dots",
  "wide.isWide",
  "wide.productColumns",
  "wide.productRows",
];

/**
 * The modules of the CPU kernels, by file name; none if there are no kernels.
 *
 * @param folder The path of the folder `kernels`.
 * @param files The files in it that are AssemblyScript, relative to it.
 * @throws {SyntaxError} If the kernels do not compile.
 */
export async function wasmModules(
  folder: string,
  files: readonly string[],
): Promise<Map<string, string>> {
  const modules = new Map<string, string>();
  const sources = await sourcesOf(folder, files);
  const byFolder = Map.groupBy(
    sources,
    ({ file }) => file.replace(/\/simd(\.ts|\/[^/]*)$/, ""),
  );
  const classes = classesOf(sources);
  const exported: string[] = [];
  for (const [name, own] of byFolder) {
    const functions = own.flatMap((source) => functionsOf(source, classes));
    if (functions.length === 0) continue;
    modules.set(`${name}/simd.gen.ts`, callsText(name, functions));
    exported.push(...functions.map(exportText));
  }
  if (files.includes(runtime.file)) exported.push(exportText(runtime));
  if (exported.length === 0) return modules;
  const relaxed = await assemble(folder, exported, relaxedFeatures, 3);
  const plain = await assemble(folder, exported, features, 3);
  modules.set(
    "lib/wasm.gen.ts",
    moduleText(relaxed, makePatch(relaxed, plain)),
  );
  return modules;
}

/**
 * The text of the module `lib/wasm.gen.ts` with some of the kernels, compiled
 * without optimizations and with relaxed SIMD only: in a fraction of the time,
 * for tests.
 *
 * @param folder The path of the folder `kernels`.
 * @param files The files with those kernels, relative to it.
 * @throws {SyntaxError} If they do not compile.
 */
export async function unoptimizedModule(
  folder: string,
  files: readonly string[],
): Promise<string> {
  const sources = await sourcesOf(folder, files);
  const classes = classesOf(sources);
  const exported = [
    ...sources.flatMap((source) => functionsOf(source, classes)),
    runtime,
  ].map(exportText);
  const relaxed = await assemble(folder, exported, relaxedFeatures, 0);
  return moduleText(relaxed, makePatch(relaxed, relaxed));
}

async function sourcesOf(
  folder: string,
  files: readonly string[],
): Promise<Source[]> {
  return await Promise.all(
    files.map(async (file) => ({
      file,
      text: await readText(join(folder, file)) ?? "",
    })),
  );
}

/** The line of the module's entry that exports functions of a file. */
function exportText({ file, functions }: Exported): string {
  return `export { ${functions.join(", ")} } from "./${file}";`;
}

interface Source {
  readonly file: string;
  readonly text: string;
}

/** An argument of a kernel: a word of 32 bits. */
interface Field {
  readonly name: string;
  readonly type: string;
}

/** Functions of a file that the module exports. */
interface Exported {
  readonly file: string;
  readonly functions: readonly string[];
}

interface WasmExport extends Exported {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** How the types of AssemblyScript are passed. */
const wasmTypes: Readonly<Record<string, string>> = {
  usize: "pointer",
  i32: "i32",
  u32: "u32",
  f32: "f32",
};

const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The fields of all classes of arguments, those of the class they extend first. */
function classesOf(sources: readonly Source[]): Map<string, Field[]> {
  const classes = new Map<string, Field[]>();
  const pattern =
    /@unmanaged\s+(?:export\s+)?class\s+(\w+)(?:\s+extends\s+(\w+))?\s*\{([^}]*)\}/g;
  const found = sources.flatMap(({ file, text }) =>
    Array.from(
      text.replaceAll(comments, "").matchAll(pattern),
      ([, name, base, body]) => ({ file, name, base, body }),
    )
  );
  const fieldsOf = (name: string): Field[] => {
    const own = found.find((each) => each.name === name);
    if (own === undefined) return [];
    const inherited = own.base === undefined ? [] : fieldsOf(own.base);
    const fields = own.body.split(";").map((line) => line.trim())
      .filter((line) => line !== "").map((line) => {
        const [field, type] = line.split(":").map((part) => part.trim());
        const passed = wasmTypes[type];
        if (passed === undefined) {
          throw new SyntaxError(describe({
            what: `kernels/${own.file}: field ${field} of ${name}`,
            expected: `one of ${Object.keys(wasmTypes).join(", ")}`,
            got: type,
            help: "Arguments are words of 32 bits: pass a flag as i32.",
          }));
        }
        return { name: field, type: passed };
      });
    return [...inherited, ...fields];
  };
  for (const { name } of found) classes.set(name, fieldsOf(name));
  return classes;
}

function functionsOf(
  { file, text }: Source,
  classes: ReadonlyMap<string, readonly Field[]>,
): WasmExport[] {
  const pattern =
    /^export function (\w+)\(\s*_?args: (\w+),\s*\w+: i32,\s*\w+: i32,?\s*\): void/gm;
  return Array.from(text.matchAll(pattern), ([, name, type]) => {
    const fields = classes.get(type);
    if (fields !== undefined) return { file, functions: [name], name, fields };
    throw new SyntaxError(describe({
      what: `kernels/${file}: ${name}`,
      expected: "an @unmanaged class of arguments",
      got: type,
      help: "Declare its fields in a class beside the function.",
    }));
  });
}

function callsText(folder: string, functions: readonly WasmExport[]): string {
  const up = "../".repeat(folder.split("/").length);
  const exported = functions.map(({ fields, name }) => {
    const types = fields.map((field) =>
      `readonly ${field.name}: "${field.type}"`
    );
    const values = fields.map((field) => `${field.name}: "${field.type}"`);
    return `
/** Makes calls of \`${name}\`. */
export const ${name}: WasmFunction<{ ${
      types.join("; ")
    } }> = /* @__PURE__ */ wasmFunction("${name}", {
  ${values.join(",\n  ")},
});
`;
  });
  return `// Generated by \`deno task kernels\` from the AssemblyScript beside it; do not edit.
// deno-fmt-ignore-file

import { wasmFunction, type WasmFunction } from "${up}kernel.ts";
${exported.join("")}`;
}

/** Compiles the functions that these lines export from files of the folder. */
async function assemble(
  folder: string,
  exported: readonly string[],
  features: string,
  optimizeLevel: 0 | 3,
): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const optimize = [`--optimizeLevel=${optimizeLevel}`];
  if (optimizeLevel > 0) optimize.push("--converge");
  const options = [...flags, ...optimize, "--enable", features];
  const { error, stderr } = await compile(options, {
    // The compiler adds an extension to one that Deno's tools need.
    readFile: (name) =>
      name === "mod.ts"
        ? exported.join("\n")
        : readText(join(folder, name.replace(/\.ts\.ts$/, ".ts"))),
    writeFile: (_name, contents) => {
      binary = Uint8Array.from(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) {
    throw new SyntaxError(describe({
      what: `kernels: ${stderr.toString().trim() || error?.message}`,
      help: "Correct the AssemblyScript source.",
    }));
  }
  for (const { module, name } of await importsOf(binary)) {
    if (allowedImports.includes(`${module}.${name}`)) continue;
    throw new SyntaxError(describe({
      what: `kernels: import of ${module}.${name}`,
      expected: `no import but ${allowedImports.join(", ")}`,
      help: "Leave out objects, arrays, strings and abort.",
    }));
  }
  return binary;
}

async function importsOf(binary: Uint8Array<ArrayBuffer>) {
  return WebAssembly.Module.imports(await WebAssembly.compile(binary));
}

async function readText(path: string): Promise<string | null> {
  if (!await exists(path)) return null;
  return (await Deno.readTextFile(path)).replaceAll("\r\n", "\n");
}

/** In hexadecimal, of which gzip makes a fifth less than of base64. */
function moduleText(relaxed: Uint8Array, patch: Uint8Array): string {
  const text = (bytes: Uint8Array) =>
    bytes.toHex().replaceAll(/.{4000}/g, "$&\n");
  return `// Generated by \`deno task kernels\` from the AssemblyScript beside it; do not edit.
// deno-fmt-ignore-file

/** The CPU kernels as WebAssembly with relaxed SIMD, in hexadecimal. */
export const relaxed: string = \`
${text(relaxed)}
\`;

/** What makes them, by \`applyPatch\`, for an engine without relaxed SIMD. */
export const patch: string = \`
${text(patch)}
\`;
`;
}
