import { assert, assertEquals } from "@std/assert";
import { webGpuTest } from "../../_webgpu.ts";

/** The growth by a leak of 16 KB a step. Measured: 1 MB. */
const leak = 32 * 2 ** 20;

/** Runs a program of this folder, and gives what it prints. */
async function measured(file: string): Promise<Record<string, number>> {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--unstable-webgpu", "--allow-all"]
      .concat(new URL(file, import.meta.url).href),
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

webGpuTest("2,000 captured steps take no more memory than 220", async () => {
  const grown = await measured("_steady_training.ts");
  assertEquals(grown.steps, 2200);
  assertEquals(grown.allocations, 0);
  assertEquals(grown.bindGroups, 0);
  assertEquals(grown.bytes, 0);
  assert(grown.rss < leak, `${grown.rss / 2 ** 20} MB more`);
  // Several steps go in one submit, as nothing waits for them.
  assert(grown.submits < 2000 / 4);
}, { permissions: ["run"] });

// Measured: 2 MB; without the collector 200 MB.
webGpuTest("devices opened and closed leave no memory behind", async () => {
  const { rss } = await measured("_opened_often.ts");
  assert(rss < 20 * 2 ** 20, `${rss / 2 ** 20} MB more`);
}, { permissions: ["run"] });
