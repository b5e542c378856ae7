import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { isPermitted, needs } from "./permissions.ts";

needs(import.meta.url, "env", "read", "run", "write");

// AssemblyScript reads the environment while it loads.
const { checkModules, moduleText, staleModules, writeModules } =
  isPermitted("env")
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

Deno.test("a generated module exports the kernel's exact text", async () => {
  const source = "// a `quoted` ${name} and \\n\nfn main() {}\n";
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "max_pool2d.wgsl"), source);
    assertEquals(await writeModules(folder), ["max_pool2d.gen.ts"]);
    const module = toFileUrl(join(folder, "max_pool2d.gen.ts"));
    assertEquals({ ...await import(module.href) }, { maxPool2dSource: source });
    assertEquals(await writeModules(folder), []);
  });
});

Deno.test("a kernel that changed is found and written anew", async () => {
  await inTemporaryFolder(async (folder) => {
    const kernel = join(folder, "relu.wgsl");
    await Deno.writeTextFile(kernel, "fn before() {}\n");
    await writeModules(folder);
    await Deno.writeTextFile(kernel, "fn after() {}\n");
    await assertRejects(
      () => checkModules(folder),
      Error,
      "kernel modules not current: relu.gen.ts. Help: Run deno task kernels.",
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
    const kernel = join(folder, "relu.wgsl");
    await Deno.writeTextFile(kernel, "fn main() {\n}\n");
    await writeModules(folder);
    await Deno.writeTextFile(kernel, "fn main() {\r\n}\r\n");
    await checkModules(folder);
  });
});

Deno.test("a file name that makes no identifier is refused", () => {
  assertThrows(
    () => moduleText("Conv-2d.wgsl", ""),
    RangeError,
    "kernel file Conv-2d.wgsl: expected a name like conv2d.wgsl",
  );
});
