import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { pack } from "../src/formats/gzip.ts";
import { testWith } from "./permissions.ts";

const permittedTest = testWith("env", "read", "run", "write");

const root = fromFileUrl(new URL("..", import.meta.url));

permittedTest("publishing takes the library and nothing else", async () => {
  const published = await publishedFiles();
  const wanted = [
    "LICENSE",
    "README.md",
    "deno.json",
    ...await examplesOfReadme(),
    "mod.ts",
    "src/cli/mod.ts",
    ...await generatedModules(),
  ];
  assertEquals(wanted.filter((file) => !published.includes(file)), []);
  const library =
    /^((ARCHITECTURE|GUIDE|PYTORCH|README|SECURITY|TFJS|TUTORIAL)\.md|LICENSE|deno\.json|mod\.ts|examples\/\w+\.(html|ipynb|png|ts)|(src|kernels)\/.*\.ts)$/;
  // What the generated modules are made by and of.
  const sources = /^kernels\/(generate|(.*\/)?simd(\.ts$|\/))/;
  const unwanted = published.filter((file) =>
    !library.test(file) || sources.test(file)
  );
  assertEquals(unwanted, []);
  let bytes = 0;
  for (const file of published) {
    bytes += (await pack(await Deno.readFile(join(root, file)))).length;
  }
  assert(bytes <= 1.5e6, `${bytes} bytes, packed`);
});

/** The examples that the README names. */
async function examplesOfReadme(): Promise<string[]> {
  const readme = await Deno.readTextFile(join(root, "README.md"));
  const named = readme.matchAll(/[(`](examples\/[\w.]+\.\w+)[)`]/g);
  return Array.from(named, ([, file]) => file);
}

/** Where a compiled program has its npm packages. */
const modules = ".deno_compile_node_modules/localhost";

/** The packages that the program imports, most of them lazily. */
const libraries = [
  "@bomb.sh/tab",
  "@zip.js/zip.js",
  "asciichart",
  "cli-progress",
  "deno-std",
  "echarts",
  "fast-png",
  "jpeg-js",
];

/** What those import. */
const theirs = [
  "ansi-regex",
  "emoji-regex",
  "fflate",
  "iobuffer",
  "is-fullwidth-code-point",
  "string-width",
  "strip-ansi",
  "tslib",
  "zrender",
];

permittedTest(
  "the main module has at most 220 names, and no internals",
  async () => {
    const { exports } = JSON.parse(
      await Deno.readTextFile(join(root, "deno.json")),
    );
    assertEquals(Object.keys(exports).sort(), [
      ...[".", "./browser", "./cli", "./digits", "./doctor", "./formats"],
      ...["./kernel", "./report", "./serve"],
    ]);
    const main = await exportedNames(exports["."]);
    assert(main.length <= 220, `${main.length} names`);
    const internal =
      /^(describe|ErrorParts|settingsOf|transformOf|weightsOf|networkOf|bestPath|shippedWeightsName|Kernels|Kernel[A-Z]\w+|\w+Shape|\w+Operands|\w+_GROUP|DRAWS_PER_ROW)$/;
    assertEquals(main.filter((name) => internal.test(name)), []);
    // What loads and saves weights belongs to both; all else has one entry, and
    // what a page may use of the main one has another.
    const both = ["HostTensor", "Weights", "readWeights", "writeSafetensors"];
    for (const [entry, file] of Object.entries<string>(exports)) {
      if ([".", "./browser"].includes(entry)) continue;
      const shared = (await exportedNames(file))
        .filter((name) => main.includes(name));
      assertEquals(shared, entry === "./formats" ? both : [], entry);
    }
  },
);

permittedTest("every name of the main module has a category", async () => {
  const categories = new Map<string, string[]>();
  for (const { declarations, name } of await documented("./mod.ts")) {
    if (namespaces.includes(name)) continue;
    const tags = declarations.flatMap(({ jsDoc }) => jsDoc?.tags ?? []);
    const category = tags.find(({ kind }) => kind === "category")?.doc ?? "";
    categories.set(category, [...categories.get(category) ?? [], name]);
  }
  assertEquals(categories.get("") ?? [], []);
  assertEquals([...categories.keys()].sort(), [
    ...["Data", "Devices", "Elementwise operations", "Errors", "Files"],
    ...["Gradients", "Layers", "Losses", "Models", "Modules"],
    ...["Operations of layers", "Optimizers", "Reductions"],
    ...["Shape operations", "Tensors", "Training"],
  ]);
});

/** Modules that are exported whole, each with a page of its own. */
const namespaces = ["init", "lrScheduler", "metrics", "transforms"];

/** A symbol as `deno doc --json` has it. */
interface Documented {
  readonly name: string;
  readonly declarations: readonly {
    readonly jsDoc?: {
      readonly tags?: readonly { kind: string; doc?: string }[];
    };
  }[];
}

/** The names that an entry of the package exports, types included, sorted. */
async function exportedNames(file: string): Promise<string[]> {
  const names = (await documented(file)).map(({ name }) => name);
  return [...new Set(names)].sort();
}

/** The documentation of what an entry exports. */
async function documented(file: string): Promise<readonly Documented[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", file],
    cwd: root,
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const [{ symbols }] = Object.values<{ symbols: Documented[] }>(nodes);
  return symbols;
}

permittedTest(
  "compiling embeds the command line and what it imports",
  async () => {
    const output = await compiled();
    assertStringIncludes(output, "Embedded Files");
    // Of a package of 62 MB the one module that draws charts.
    assertMatch(output, /echarts\/6\.1\.0\/\* \(1\.\d+MB\)/);
    const embedded = treeEntries(output);
    const wanted = [
      "src/cli/mod.ts",
      "vendor/std/cli/mod.ts",
      "src/models/_mnist_cnn.gen.ts",
      "src/models/_mnist_cnn_best.gen.ts",
      ...await generatedModules(),
    ];
    const missing = wanted.filter((file) =>
      !embedded.some((entry) => covers(entry, file))
    );
    assertEquals(missing, []);
    const absent = libraries.filter((name) =>
      !embedded.some((entry) => entry.startsWith(`${modules}/${name}/`))
    );
    assertEquals(absent, []);
    // What else is embedded is fetched by every program when it starts.
    // The data set's package must not be among them: it is 52 MB, and one run
    // that wrote it to a lock file would bring it into every program. Hence
    // `"lock": false` in deno.json.
    const packages = [...libraries, ...theirs].map((name) =>
      `${modules}/${name}/`
    );
    const unwanted = embedded.filter((entry) =>
      !packages.some((path) => entry.startsWith(path)) &&
      !/^(src|kernels|vendor)\//.test(entry) &&
      !["deno.json", "mod.ts"].includes(entry)
    );
    assertEquals(unwanted, []);
  },
);

permittedTest("vendor/std exports what is used, and nothing else", async () => {
  const used = await importedFromStd();
  for (const name of ["assert", "cli", "fs", "path"]) {
    const module = await import(`../vendor/std/${name}/mod.ts`);
    const names = [...used.get(name) ?? []];
    assertEquals(Object.keys(module).sort(), names.sort());
  }
});

/** The names that are imported from each package `@std/NAME`. */
async function importedFromStd(): Promise<Map<string, Set<string>>> {
  const used = new Map<string, Set<string>>();
  for (const folder of ["examples", "kernels", "src", "tests"]) {
    for (const file of await filesBelow(join(root, folder))) {
      if (!file.endsWith(".ts")) continue;
      const text = await Deno.readTextFile(file);
      const imports = /import \{([^}]*)\} from "@std\/(\w+)"/g;
      for (const [, names, name] of text.matchAll(imports)) {
        const all = [...used.get(name) ?? [], ...names.match(/\w+/g) ?? []];
        used.set(name, new Set(all));
      }
    }
  }
  return used;
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { isDirectory, name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) files.push(...await filesBelow(path));
    else files.push(path);
  }
  return files;
}

async function generatedModules(): Promise<string[]> {
  const files = await filesBelow(join(root, "kernels"));
  return files.filter((file) => file.endsWith(".gen.ts"))
    .map((file) => file.slice(root.length).replaceAll("\\", "/"));
}

async function publishedFiles(): Promise<string[]> {
  const { success, output } = await deno(
    ["publish", "--dry-run", "--allow-dirty", "--no-check"],
  );
  assert(success, output);
  const prefix = new URL("..", import.meta.url).href;
  return output.split("\n")
    .map((line) => /^\s+(file:\S+) \(/.exec(line)?.[1])
    .filter((url) => url !== undefined)
    .map((url) => url.slice(prefix.length));
}

/** What the task that compiles prints. */
async function compiled(...args: string[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    // The run-time base cannot be downloaded everywhere. The tree is printed
    // before the base is read, so any file will do in its place, and whether
    // the command succeeds says nothing.
    const { output } = await deno(
      [
        ...["task", "--quiet", "compile", "--no-check"],
        ...["--output", `${folder}/cli`, ...args],
      ],
      { DENORT_BIN: join(root, "deno.json") },
    );
    return output;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

permittedTest("compiling takes options, a target too", async () => {
  const output = await compiled("--target", "x86_64-pc-windows-msvc");
  assertStringIncludes(output, "cli.exe");
});

/**
 * The files that `deno compile` embeds, read from the tree that it prints. A
 * folder that is embedded whole is one entry, `folder/*`.
 */
function treeEntries(output: string): string[] {
  const entries: string[] = [];
  const parents: string[] = [];
  for (const line of output.split("\n")) {
    const match = /^([│ ]*)[├└]─([─┬])\s*(\S+)/.exec(line);
    if (match === null) continue;
    const [, indent, branch, name] = match;
    const depth = indent.length / 2;
    const path = [...parents.slice(0, depth), name].join("/");
    if (branch === "┬") parents.splice(depth, Infinity, name);
    else entries.push(path);
  }
  return entries;
}

/** Whether an entry of the tree is `file`, or a folder that holds it. */
function covers(entry: string, file: string): boolean {
  return entry.endsWith("/*")
    ? file.startsWith(entry.slice(0, -1))
    : file === entry;
}

async function deno(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ success: boolean; output: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { success, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

permittedTest("PYTORCH.md names what the package has", async () => {
  const text = await Deno.readTextFile(
    new URL("../PYTORCH.md", import.meta.url),
  );
  const main = await import("../mod.ts");
  const model = new main.Linear(1, 1);
  const known = (name: string) =>
    [main, main.lrScheduler, main.init, main.transforms, model, main.Tensor]
      .some((owner) => name in owner) ||
    name in main.Tensor.prototype || ["get", "length", "seed"].includes(name);
  const rows = text.split("\n").filter((line) => /^\| .*\|$/.test(line));
  assert(rows.length > 20, "the table");
  const missing = rows.slice(1).flatMap((row) => {
    const [, , here] = row.split("|");
    // Names alone and calls without arguments; other code is no list of names.
    return [...here.matchAll(/`(?:await )?([\w.]+)(?:\(\))?`/g)]
      .map(([, code]) => code.split(".").at(-1)!)
      .filter((word) => /^[A-Za-z]/.test(word) && !known(word));
  });
  assertEquals(
    missing.filter((word) =>
      !/^(x|item|pth|paddingMode|long|tensor)$/.test(word)
    ),
    [],
  );
});
