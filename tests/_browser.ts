import type { Browser, Page } from "npm:puppeteer-core@25.16.0";
import { isPermitted } from "./permissions.ts";

/** Where a Chromium may be, on Debian and where others put it. */
const names = ["chromium", "chromium-browser", "google-chrome"];

const path = isPermitted("run") ? await find() : null;

/** Registers a test in a browser that is ignored, visibly, without Chromium. */
export function browserTest(
  name: string,
  run: (page: Page) => Promise<void>,
): void {
  Deno.test({
    name: `${name} (chromium)`,
    ignore: path === null,
    // Its web socket and process end with close(), a little later.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const browser = await openBrowser();
      try {
        await run(await browser.newPage());
      } finally {
        await browser.close();
      }
    },
  });
}

/** WebGPU by SwiftShader, a processor that plays a GPU. */
const webgpu = [
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan",
  "--use-webgpu-adapter=swiftshader",
];

/** Opens Chromium; unless told otherwise, with WebGPU. */
export async function openBrowser(flags = webgpu): Promise<Browser> {
  if (path === null) throw new Error("there is no Chromium");
  const { launch } = (await import("npm:puppeteer-core@25.16.0")).default;
  return await launch({
    executablePath: path,
    env: withOwnDriver(),
    args: [
      ...flags,
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A module and all that it imports, as one script for a browser. */
export async function bundled(module: URL): Promise<string> {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", module.href],
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout);
}

/**
 * The environment without what names the system's Vulkan drivers: SwiftShader is
 * Chromium's own, and would be hidden too.
 */
function withOwnDriver(): Record<string, string> {
  const { VK_DRIVER_FILES: _, VK_ICD_FILENAMES: __, ...rest } = Deno.env
    .toObject();
  return rest;
}

async function find(): Promise<string | null> {
  for (const name of names) {
    const { stdout, success } = await new Deno.Command("which", {
      args: [name],
    }).output();
    if (success) return new TextDecoder().decode(stdout).trim();
  }
  console.warn(
    "No Chromium: tests in a browser are ignored. " +
      "Help: `apt-get install chromium`.",
  );
  return null;
}
