/** What runs without the network, and with no more permissions than a task has. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { needs } from "../permissions.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { run } from "./_program.ts";

needs(import.meta.url, "read", "run", "write");

for (const command of ["train", "data", "evaluate", "predict"]) {
  Deno.test(`${command} --offline fetches nothing and says what is missing`, async () => {
    await using folder = await temporaryFolder();
    const options = ["--offline", "--data", folder.path];
    for (const name of ["mnist", "kmnist"]) {
      const { code, stderr } = await run(
        ...[command, "--dataset", name, ...options],
      );
      assertEquals(code, 1);
      assertStringIncludes(stderr, folder.path);
      assertStringIncludes(stderr, "Help: ");
      assertEquals(stderr.includes("    at "), false, stderr);
    }
    assertEquals(await listing(folder.path), []);
  });
}

/** The task as a user runs it, who answers no question for permissions. */
async function task(name: string, ...args: string[]) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", name, ...args],
    cwd: fromFileUrl(new URL("../..", import.meta.url)),
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

const weights = "examples/models/mnist-cnn.safetensors";

Deno.test("summary, inspect and convert need what their tasks allow", async () => {
  await using folder = await temporaryFolder();
  const copy = join(folder.path, "copy.npz");
  const calls = [
    ["summary", "--network", "mlp"],
    ["inspect", weights, "--stats"],
    ["convert", weights, copy],
  ];
  for (const [name, ...args] of calls) {
    const { code, stderr } = await task(name, ...args);
    assertEquals([name, code], [name, 0], stderr);
  }
  assertEquals(await listing(folder.path), ["copy.npz"]);
});
