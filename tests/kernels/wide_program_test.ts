import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";

const program = fromFileUrl(new URL("_wide_program.ts", import.meta.url));

/** What the program prints with these flags of V8. */
async function run(flags: string, permission: string): Promise<string> {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", permission, program],
    env: { DENO_V8_FLAGS: flags, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assertEquals(code, 0, text.decode(stderr));
  return text.decode(stdout);
}

const flag = "--experimental-wasm-revectorize";

Deno.test({
  name: "with the flag, V8 makes products 256 bits wide, of the same bits",
  // V8 has the flag for x86-64 alone.
  ignore: Deno.build.arch !== "x86_64",
  async fn() {
    const flags = `${flag},--trace-wasm-revectorize`;
    const printed = await run(flags, "--allow-env=DENO_V8_FLAGS");
    assertStringIncludes(printed, "cpu (1 thread, relaxed SIMD, 256 bits)");
    assertStringIncludes(printed, "Decided to vectorize");
    // Each product: its sums, and the sums that start at 0.
    for (const saved of [320, 640]) {
      assertStringIncludes(printed, `Save: ${saved}`);
    }
    assertStringIncludes(printed, "same bits");
  },
});

Deno.test({
  name: "with the flag, but unable to read it, kernels are relaxed",
  ignore: Deno.build.arch !== "x86_64",
  async fn() {
    const printed = await run(flag, "--deny-env");
    assertEquals(printed, "cpu (1 thread, relaxed SIMD)\nsame bits\n");
  },
});
