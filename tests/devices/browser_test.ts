import { assertEquals } from "@std/assert";
import { browserTest, bundled } from "../_browser.ts";
import { Golden } from "../golden.ts";
import { assertStep } from "../golden_network.ts";

/** Serves an empty page that is isolated, and so may share memory. */
function serveIsolated(): Deno.HttpServer<Deno.NetAddr> {
  const headers = {
    "content-type": "text/html",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  };
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("<!doctype html>", { headers }),
  );
}

// Such a thread may not wait, by Atomics.wait or WebAssembly's like of it.
browserTest("cpu: a page's main thread trains with a worker", async (page) => {
  await using server = serveIsolated();
  await page.goto(`http://127.0.0.1:${server.addr.port}/`);
  assertEquals(await page.evaluate("crossOriginIsolated"), true);
  const content = await bundled(new URL("_cpu_page.ts", import.meta.url));
  await page.addScriptTag({ content, type: "module" });
  const network = new URL("../golden/network.safetensors", import.meta.url);
  const file = (await Deno.readFile(network)).toBase64();
  const result = await page.evaluate(`stepsOnCpu("${file}")`) as string;
  const { steps, workers } = JSON.parse(result);
  assertEquals(workers, 1);
  const [alone, together] = steps;
  assertEquals(together, alone);
  assertStep(together, await Golden.read("network"));
  await page.close();
});
