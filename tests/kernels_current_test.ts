import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { parseWgsl } from "../kernels/wgsl.ts";
import { isPermitted, needs } from "./permissions.ts";

needs(import.meta.url, "env", "read", "run", "write");

// AssemblyScript reads the environment while it loads.
const { checkModules, staleModules, writeModules } = isPermitted("env")
  ? await import("../kernels/generate.ts")
  : {} as typeof import("../kernels/generate.ts");

const kernels = fromFileUrl(new URL("../kernels", import.meta.url));

async function inTemporaryFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("every kernel's generated module is current", async () => {
  await checkModules(kernels);
});

/** A WGSL source with an entry point that writes a number. */
function sourceOf(number: number): string {
  return `@group(0) @binding(0) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(1)
fn main() {
  x[0] = ${number};
}
`;
}

/** Writes the source of a kernel in a folder of its own. */
async function writeKernel(
  folder: string,
  name: string,
  source: string,
): Promise<void> {
  await Deno.mkdir(join(folder, name), { recursive: true });
  await Deno.writeTextFile(join(folder, name, `${name}.wgsl`), source);
}

Deno.test("a generated module has the kernel's lines without comments", async () => {
  const comment = "// a `quoted` ${name} and \\n\n/* of two\nlines */\n";
  const source = comment + sourceOf(1).replace(";\n", "; // one\n");
  await inTemporaryFolder(async (folder) => {
    await writeKernel(folder, "max_pool2d", source);
    assertEquals(await writeModules(folder), ["max_pool2d/max_pool2d.gen.ts"]);
    const path = join(folder, "max_pool2d", "max_pool2d.gen.ts");
    const { main, module } = await import(toFileUrl(path).href);
    assertEquals(module.code, "\n\n\n" + sourceOf(1).replace("  x", "x"));
    assertEquals([main.name, main.module], ["main", module]);
    assertEquals(await writeModules(folder), []);
  });
});

Deno.test("a file without an entry point is for others to import", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeKernel(folder, "relu", "fn positive() {}\n");
    assertEquals(await writeModules(folder), []);
  });
});

Deno.test("a kernel that changed is found and written anew", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeKernel(folder, "relu", sourceOf(1));
    await writeModules(folder);
    await writeKernel(folder, "relu", sourceOf(2));
    await assertRejects(
      () => checkModules(folder),
      Error,
      "kernel modules not current: relu/relu.gen.ts. Help: Run deno task kernels.",
    );
    await writeModules(folder);
    await checkModules(folder);
  });
});

Deno.test("a module whose kernel is gone is found and removed", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "gone.gen.ts"), "");
    assertEquals(await staleModules(folder), new Map([["gone.gen.ts", null]]));
    await writeModules(folder);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a kernel with CRLF line ends is the same kernel", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeKernel(folder, "relu", sourceOf(1));
    await writeModules(folder);
    await writeKernel(folder, "relu", sourceOf(1).replaceAll("\n", "\r\n"));
    await checkModules(folder);
  });
});

Deno.test("an entry point without bindings has a module, too", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = "@compute @workgroup_size(1)\nfn main() {\n}\n";
    await writeKernel(folder, "relu", source);
    await writeModules(folder);
    const path = join(folder, "relu", "relu.gen.ts");
    const { main } = await import(toFileUrl(path).href);
    assertEquals(main.bindings, []);
  });
});

Deno.test("the members of a uniform variable are constants of its entry point", () => {
  const { entryPoints } = parseWgsl(`
struct Sizes {
  width: u32, // of a row
  factor: f32,
}
@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
override workgroupSize: u32;
@compute @workgroup_size(workgroupSize)
fn main() {
  output[0] = f32(sizes.width) * sizes.factor;
}
`);
  assertEquals(entryPoints.get("main")?.bindings.at(-1), {
    name: "sizes",
    index: 3,
    access: "uniform",
    members: [
      { name: "width", type: "u32" },
      { name: "factor", type: "f32" },
    ],
  });
});

Deno.test("a uniform variable that is no structure of numbers is refused", () => {
  const parse = (type: string) => () =>
    parseWgsl(`struct Sizes { at: ${type} }
@group(0) @binding(0) var<uniform> sizes: Sizes;`);
  assertThrows(parse("vec2u"), SyntaxError, "member at: expected f32, i32 or");
  assertThrows(
    () => parseWgsl("@group(0) @binding(0) var<uniform> size: u32;"),
    SyntaxError,
    "uniform size: expected a structure",
  );
});

Deno.test("a kernel in no folder is refused", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "relu.wgsl"), sourceOf(1));
    await assertRejects(
      () => staleModules(folder),
      RangeError,
      "kernel file relu.wgsl: expected a file in the folder of its operation",
    );
  });
});

Deno.test("a file name that makes no identifier is refused", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeKernel(folder, "Conv-2d", sourceOf(1));
    await assertRejects(
      () => writeModules(folder),
      RangeError,
      "kernel file Conv-2d/Conv-2d.wgsl: expected a name like conv2d.wgsl",
    );
  });
});
