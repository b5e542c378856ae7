import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { webGpu } from "../_webgpu.ts";
import { program, root, taskIn } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "env", "read", "run", "write");

Deno.test("doctor tries every device and says what auto takes", async () => {
  // By its task, which may do no more than it has to.
  const { code, stdout } = await taskIn(
    fromFileUrl(root),
    ...["doctor", "--seconds", "0", "--json"],
  ).output();
  assertEquals(code, 0);
  const found = JSON.parse(new TextDecoder().decode(stdout));
  assert(found.adapters !== null);
  assertEquals(found.healthy, true);
  assertEquals(found.deno, Deno.version.deno);
  assertEquals(found.threads, Math.min(navigator.hardwareConcurrency, 8));
  assert(found.memory.available <= found.memory.total);
  // The task starts V8 as those that train do.
  const isX86 = Deno.build.arch === "x86_64";
  assertEquals(found.vector_bits, isX86 ? 256 : 128);
  assertEquals(found.devices[0].label.endsWith(", 256 bits)"), isX86);
  for (const { benchmark, failure } of found.devices) {
    assertEquals(failure, null);
    assert(benchmark.images_per_second > 0);
  }
  // The same choice as every command's.
  const labels = found.devices.map(({ label }: { label: string }) => label);
  assert(labels.includes(found.auto.split(": ")[0]), found.auto);
  const kinds = found.devices.map(({ kind }: { kind: string }) => kind);
  assertEquals(kinds, webGpu === null ? ["cpu"] : ["cpu", "webgpu"]);
});

Deno.test("doctor is text for people, without a permission too", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--unstable-webgpu", "--no-prompt"]
      .concat("--allow-read", "src/cli/mod.ts", "doctor", "--seconds", "0"),
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(code, 0);
  const text = new TextDecoder().decode(stdout);
  assertMatch(text, /^deno \d+\.\d+\.\d+, \S+ \S+\ncpu: \d+ threads, SIMD yes/);
  assertMatch(text, /\ncpu: .*, products in vectors of 128 bits\n/);
  assertEquals(
    text.includes("\n  export DENO_V8_FLAGS=--experimental-wasm-revectorize\n"),
    Deno.build.arch === "x86_64",
  );
  assertMatch(text, /\nmemory: unknown without --allow-sys=/);
  assertMatch(text, /\nadapters: unknown without --allow-env=/);
  assertMatch(text, /\ncpu \(.*\): self-test passed\n +\d+ images\/s, /);
  assertMatch(text, /\nauto takes .*: .*\n/);
});

Deno.test("doctor refuses a wrong length of its benchmark", async () => {
  const { code, stderr } = await program("doctor", "--seconds", "x").output();
  assertEquals(code, 2);
  assertMatch(new TextDecoder().decode(stderr), /--seconds: expected a number/);
});
