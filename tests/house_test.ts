/**
 * The structure of the source: rooms import downwards only, in no circle, and a
 * file whose name starts with an underscore serves its own folder alone.
 */
import { assert, assertEquals } from "@std/assert";
import { exists } from "@std/fs";
import { dirname, fromFileUrl, join } from "@std/path";
import { needs } from "./permissions.ts";

needs(import.meta.url, "read");

const root = fromFileUrl(new URL("..", import.meta.url));

/** Rooms from the highest to the lowest; what stands in one line is level. */
const levels = [
  ["mod.ts", "src/browser", "src/cli"],
  ["src/sweep"],
  ["src/datasets"],
  ["src/report", "src/serve", "src/doctor", "src/digits"],
  ["src/training"],
  ["src/models", "src/onnx"],
  ["src/nn", "src/optim", "src/data", "src/transforms"],
  ["src/ops"],
  ["src/core"],
  ["src/devices"],
  ["kernels"],
];

/** Rooms that others use at any level, and what they may use themselves. */
const shared: Readonly<Record<string, readonly string[]>> = {
  "src/base": [],
  "src/formats": ["src/base"],
};

/** Entries of the package made of other rooms' names. */
const entries = ["src/kernel"];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

Deno.test("test:programs runs what test leaves out, and each of it is there", async () => {
  const { tasks } = JSON.parse(
    await Deno.readTextFile(join(root, "deno.json")),
  );
  const [, ignored] = tasks.test.command.match(/--ignore=(\S+)$/);
  const run = tasks["test:programs"].command.match(/(?<= )tests\/\S+/g);
  assertEquals(run, ignored.split(","));
  for (const path of run) assert(await exists(join(root, path)), path);
});

Deno.test("rooms import downwards only", async () => {
  const upward = (await imports()).filter(({ from, to }) => {
    const [own, other] = [roomOf(from), roomOf(to)];
    if (own === other || entries.includes(own)) return false;
    if (own in shared) return !shared[own].includes(other);
    if (other in shared) return false;
    return levelOf(other) < levelOf(own);
  });
  assertEquals(upward.map(text), []);
});

Deno.test("no file imports itself through others", async () => {
  const targets = new Map<string, string[]>();
  for (const { from, isType, to } of await imports()) {
    if (isType) continue;
    targets.set(from, [...targets.get(from) ?? [], to]);
  }
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    assert(start < 0, `a circle: ${[...path.slice(start), file].join(" → ")}`);
    if (done.has(file)) return;
    for (const to of targets.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
});

Deno.test("a file with an underscore serves its own folder", async () => {
  const foreign = (await imports()).filter(({ from, to }) =>
    /(^|\/)_[^/]*$/.test(to) && dirname(from) !== dirname(to)
  );
  assertEquals(foreign.map(text), []);
});

Deno.test("src/ has no loose files", async () => {
  const loose: string[] = [];
  for await (const { isFile, name } of Deno.readDir(join(root, "src"))) {
    if (isFile) loose.push(name);
  }
  assertEquals(loose, []);
});

Deno.test("a device knows no operation", async () => {
  const operation =
    /relu|conv2d|convblock|batchnorm|pool2d|adam|entropy|dropout/i;
  const named: string[] = [];
  for (const file of await sourceFiles("src/devices")) {
    const lines = (await Deno.readTextFile(join(root, file))).split("\n");
    lines.forEach((line, index) => {
      if (operation.test(line)) named.push(`${file}:${index + 1}: ${line}`);
    });
  }
  assertEquals(named, []);
});

Deno.test("five files lead from the example to the line that multiplies", async () => {
  const walk = [
    "examples/beautiful_mnist.ts",
    "src/nn/conv2d.ts",
    "src/ops/conv2d.ts",
    "kernels/conv2d/conv2d.ts",
    "kernels/conv2d/tiled.wgsl",
  ];
  const architecture = await Deno.readTextFile(join(root, "ARCHITECTURE.md"));
  for (const file of walk) assert(architecture.includes(file), file);
  const all = await imports();
  const isImported = (from: string, to: string) =>
    all.some((one) => one.from === from && one.to === to);
  const reaches = (from: string, to: string) =>
    isImported(from, to) ||
    all.some((one) =>
      one.from === from && dirname(one.to) === dirname(from) &&
      isImported(one.to, to)
    );
  const example = await Deno.readTextFile(join(root, walk[0]));
  assert(/from "@x\/mnist-cnn"/.test(example) && /\bConv2d\b/.test(example));
  assert(isImported(walk[1], walk[2]), `${walk[1]} → ${walk[2]}`);
  assert(isImported(walk[2], walk[3]), `${walk[2]} → ${walk[3]}`);
  const generated = walk[4].replace(".wgsl", ".gen.ts");
  assert(reaches(walk[3], generated), `${walk[3]} → ${generated}`);
  const wgsl = await Deno.readTextFile(join(root, walk[4]));
  assert(/\ba \* b\.x/.test(wgsl), "a line that multiplies");
});

Deno.test("files that the documents name exist", async () => {
  for await (const { name: document } of Deno.readDir(root)) {
    if (!document.endsWith(".md")) continue;
    const text = await Deno.readTextFile(join(root, document));
    const paths = text.matchAll(
      /[`(]((?:src|kernels|tests|examples)\/[\w./]+)[`)]/g,
    );
    for (const [, path] of paths) {
      if (path.includes("NAME")) continue;
      assert(await exists(join(root, path)), `${document} names ${path}`);
    }
  }
});

/** The folder of `src/` or of the root that a file lies in, or the file. */
function roomOf(file: string): string {
  const [first, second] = file.split("/");
  return first === "src" ? `src/${second}` : first;
}

function levelOf(room: string): number {
  const level = levels.findIndex((rooms) => rooms.includes(room));
  assert(level >= 0, `${room} is in no level: add it to the test`);
  return level;
}

function text({ from, to }: Import): string {
  return `${from} → ${to}`;
}

/** All imports between files of the library. */
async function imports(): Promise<Import[]> {
  const files = [
    "mod.ts",
    ...await sourceFiles("src"),
    ...(await sourceFiles("kernels")).filter((file) =>
      !/(^|\/)(simd(\.ts|\/)|generate)/.test(file)
    ),
  ];
  const pattern =
    /^(?:import|export)\s(type\s)?[^"';]*?from\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)/gm;
  const found = await Promise.all(files.map(async (from) => {
    const source = await Deno.readTextFile(join(root, from));
    const code = source.replaceAll(/^\s*(\/\*)?\*.*$/gm, "");
    const found = Array.from(
      code.matchAll(pattern),
      ([, type, path, lazy]) => ({
        from,
        to: join(dirname(from), path ?? lazy),
        isType: type !== undefined,
      }),
    );
    return found.filter(({ to }) => to.endsWith(".ts"));
  }));
  return found.flat();
}

/** The TypeScript files below a folder, relative to the root. */
async function sourceFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) files.push(...await sourceFiles(path));
    else if (path.endsWith(".ts")) files.push(path);
  }
  return files.sort();
}
