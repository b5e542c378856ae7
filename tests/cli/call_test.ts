import { assertEquals, assertMatch } from "@std/assert";
import { callOf, startedBy, startOf } from "../../src/cli/_call.ts";
import { runHere } from "./_main.ts";

// In one test, since a program is started but once.
Deno.test("commands are called as the program was started", async () => {
  const { href } = new URL("../../src/cli/mod.ts", import.meta.url);
  startedBy(href);
  assertEquals([startOf(), callOf("train"), callOf("cli")], [
    ...["task", "deno task train", "deno task cli"],
  ]);
  assertEquals(callOf("completions"), "mnist-cnn completions");
  const before = await runHere("--help");
  assertMatch(before.stdout, /; compiled: mnist-cnn COMMAND \[options\]\n/);

  startedBy("file:///some/bundle.js");
  assertEquals([startOf(), callOf("cli")], [
    ...["run", "deno run … /some/bundle.js"],
  ]);
  startedBy("https://jsr.io/@x/mnist-cnn/0.1.0/src/cli/mod.ts");
  const call = "deno run … jsr:@x/mnist-cnn@0.1.0/cli";
  assertEquals([callOf("train"), callOf("cli")], [`${call} train`, call]);
  const { code, stderr } = await runHere("trian");
  assertEquals(code, 2);
  assertMatch(
    stderr,
    / Help: Did you mean train\? See deno run … jsr:\S+ train/,
  );
  const { stdout } = await runHere("--help");
  assertMatch(stdout, /\nUsage: deno run … jsr:\S+ COMMAND \[options\]\n/);
});
