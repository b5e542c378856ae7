import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { temporaryFolder } from "../temporary_folder.ts";
import { run } from "./_program.ts";

Deno.test("completions prints a script for each shell", async () => {
  await using folder = await temporaryFolder();
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stderr, stdout } = await run("completions", shell);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /mnist-cnn complete --/);
    if (shell !== "bash") continue;
    const path = join(folder.path, "completions");
    await Deno.writeTextFile(path, stdout);
    const { success } = await new Deno.Command("bash", { args: ["-n", path] })
      .output();
    assert(success);
  }
});

Deno.test("commands and options are completed, files by the shell", async () => {
  const complete = async (...words: string[]) => {
    const { stdout } = await run("complete", "--", ...words);
    return stdout.trimEnd().split("\n").map((line) => line.split("\t")[0]);
  };
  assertEquals(await complete("pre"), ["predict", ":4"]);
  assertEquals(await complete("train", "--ep"), ["--epochs", ":4"]);
  assertEquals(await complete("train", "--gam"), ["--gamma", ":4"]);
  assertEquals(await complete("predict", "--show", "--ind"), ["--index", ":4"]);
  assertEquals(await complete("predict", "my-di"), [":0"]);
  assertEquals(await complete("predict", "--model", ""), [":0"]);
});

Deno.test("completions of an unknown shell is a wrong call", async () => {
  const { code, stderr } = await run("completions", "tcsh");
  assertEquals(code, 2);
  assertMatch(stderr, /^error: [^\n]*expected bash, zsh or fish, got tcsh\. H/);
});
