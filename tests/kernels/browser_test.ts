import { assertEquals } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import type { Page } from "npm:puppeteer-core@25.16.0";
import type { WgslModule } from "../../kernels/wgsl.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { requestAdapter } from "../../src/devices/webgpu/adapter.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { sum } from "../../src/ops/mod.ts";
import { browserTest, bundled } from "../_browser.ts";
import { tamperedAdapter } from "../devices/webgpu/_adapter.ts";
import { Golden } from "../golden.ts";
import { assertStep } from "../golden_network.ts";
import { gradcheckTable } from "../gradcheck_table.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

const path = (relative: string) =>
  fromFileUrl(new URL(relative, import.meta.url));

/** All WGSL, by the names of its files, and of the operations that make it. */
async function sources(): Promise<Record<string, string>> {
  const found: Record<string, string> = await familySources();
  for await (const file of generatedModules()) {
    const { module }: { module?: WgslModule } = await import(
      toFileUrl(file).href
    );
    // What is in lib/ is a part of what families make.
    if (module === undefined || module.file.startsWith("kernels/lib/")) {
      continue;
    }
    const aliases = module.elements.map((name) => `alias ${name} = f32; `);
    found[module.file] = aliases.join("") + module.code;
  }
  return found;
}

async function* generatedModules(
  folder = path("../../kernels"),
): AsyncGenerator<
  string
> {
  for await (const { isDirectory, name } of Deno.readDir(folder)) {
    const entry = join(folder, name);
    if (isDirectory) yield* generatedModules(entry);
    else if (name.endsWith(".gen.ts")) yield entry;
  }
}

/** What the operations make of expressions, as gradcheck runs them. */
async function familySources(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  if (await requestAdapter() === null) return found;
  const adapter = await tamperedAdapter({
    shader: (source) => {
      found[`shader ${Object.keys(found).length + 1}`] = source;
      return source;
    },
  });
  using device = await WebGpuDevice.open({ adapter });
  for (const { inputs, run } of Object.values(gradcheckTable).flat()) {
    using tape = new Tape();
    const parameters = inputs.map(({ shape, values }) =>
      Tensor.from(device, Float32Array.from(values), shape, {
        requiresGrad: true,
      })
    );
    tape.backward(sum(run(...parameters)));
  }
  await device.settle();
  return found;
}

/** An empty page that may use WebGPU, as one on `data:` may not. */
async function openEmpty(page: Page, folder: string): Promise<void> {
  const file = join(folder, "empty.html");
  await Deno.writeTextFile(file, "<!doctype html>");
  await page.goto(toFileUrl(file).href);
}

// Deno's compiler of WGSL is not the only one, and lets more pass than others.
browserTest("webgpu: every kernel is WGSL", async (page) => {
  await using folder = await temporaryFolder();
  await openEmpty(page, folder.path);
  const compiled = await page.evaluate(`(async () => {
    const adapter = await navigator.gpu.requestAdapter();
    if (adapter === null) {
      throw new Error("no WebGPU: Chromium has no SwiftShader");
    }
    const device = await adapter.requestDevice();
    const messages = [];
    const sources = ${JSON.stringify(await sources())};
    for (const [file, code] of Object.entries(sources)) {
      const module = device.createShaderModule({ code });
      const info = await module.getCompilationInfo();
      for (const { lineNum, linePos, message } of info.messages) {
        messages.push(file + ":" + lineNum + ":" + linePos + ": " + message);
      }
    }
    return messages;
  })()`);
  assertEquals(compiled, []);
});

for (const variant of ["tiled", "direct"]) {
  browserTest(
    `webgpu: the network has PyTorch's loss and gradients, ${variant}`,
    async (page) => {
      await using folder = await temporaryFolder();
      const file = await Deno.readFile(path("../golden/network.safetensors"));
      await openEmpty(page, folder.path);
      const content = await bundled(new URL("_page.ts", import.meta.url));
      await page.addScriptTag({ content, type: "module" });
      const step = await page.evaluate(
        `stepInPage("${file.toBase64()}", "${variant}")`,
      );
      assertStep(JSON.parse(step as string), await Golden.read("network"));
    },
  );
}
