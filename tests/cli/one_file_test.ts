/**
 * The command line as one file, as a compiled program has it: from an empty
 * folder, with an empty cache and no network.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { root, told, writeDigits } from "./_program.ts";

needs(import.meta.url, "env", "read", "run", "write");

async function deno(cwd: string, args: string[], cache?: string) {
  return await told(
    new Deno.Command(Deno.execPath(), {
      args,
      cwd,
      env: { NO_COLOR: "1", ...cache === undefined ? {} : { DENO_DIR: cache } },
    }),
  );
}

Deno.test("one file has the whole command line", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "digits.js");
  const bundle = ["bundle", "--quiet", "--platform", "deno"];
  const made = await deno(fromFileUrl(root), [
    ...bundle,
    ...["--keep-names", "-o", file, "src/cli/mod.ts"],
  ]);
  assertEquals(made, { code: 0, stderr: "", stdout: "" });
  const data = join(folder.path, "data");
  await Deno.mkdir(data);
  await writeDigits(data, 30, 20);
  const cli = (...args: string[]) =>
    deno(folder.path, [
      ...["run", "--no-config", "--no-prompt", "--no-remote", "--no-npm"],
      ...["--allow-read", "--allow-write", file, ...args],
    ], join(folder.path, "cache"));
  const call = `deno run … ${file}`;
  const help = await cli("--help");
  assertEquals([help.code, help.stderr], [0, ""]);
  assertEquals(help.stdout.includes(`Usage: ${call} COMMAND [options]`), true);
  const predicted = await cli("predict", "--device", "cpu", "--count", "3");
  assertEquals([predicted.code, predicted.stdout.length > 0], [0, true]);
  const trained = await cli(
    ...["train", "--device", "cpu", "--epochs", "1", "--batch-size", "10"],
    "--no-report",
  );
  assertEquals(trained.code, 0, trained.stderr);
  assertMatch(
    trained.stdout,
    /\(0\): Conv2d\(16, [\s\S]*\[Epoch +1\/ +1\] loss: /,
  );
  const helps = [await cli("sweep", "--help"), await cli("data", "--help")];
  assertEquals(helps.map(({ code }) => code), [0, 0]);
  const none = ["--dataset", "kmnist", "--data", "none"];
  const missing = await cli("evaluate", "--device", "cpu", ...none);
  assertMatch(
    missing.stderr,
    /Help: Put its files there, or fetch them: `deno r/,
  );
  for (
    const { stderr, stdout } of [help, predicted, trained, missing, ...helps]
  ) {
    assertEquals(`${stdout}${stderr}`.includes("deno task"), false);
  }
});
