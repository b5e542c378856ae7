import { assertEquals } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import type { Page } from "npm:puppeteer-core@25.16.0";
import { browserTest, bundled } from "../_browser.ts";
import { Golden } from "../golden.ts";
import { assertStep } from "../golden_network.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

const path = (relative: string) =>
  fromFileUrl(new URL(relative, import.meta.url));

/** What the kernels may call the types that a device chooses. */
const aliases = Array.from(
  "From To Value Source Weight Target Left Right Convolved Output".split(" "),
  (name) => `alias ${name} = f32; `,
).join("");

/** All kernels, by the names of their files. */
async function sources(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name } of Deno.readDir(path("../../kernels"))) {
    if (!name.endsWith(".wgsl")) continue;
    const source = await Deno.readTextFile(path(`../../kernels/${name}`));
    found[name] = aliases + source;
  }
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

browserTest(
  "webgpu: the network has PyTorch's loss and gradients",
  async (page) => {
    await using folder = await temporaryFolder();
    const file = await Deno.readFile(path("../golden/network.safetensors"));
    await openEmpty(page, folder.path);
    const content = await bundled(new URL("_page.ts", import.meta.url));
    await page.addScriptTag({ content, type: "module" });
    const step = await page.evaluate(`stepInPage("${file.toBase64()}")`);
    assertStep(JSON.parse(step as string), await Golden.read("network"));
  },
);
