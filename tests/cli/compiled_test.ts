/**
 * The compiled program, in an empty folder and without Deno's cache or a network.
 * It is made of a run-time base, denort, which cannot be had everywhere; where it
 * is not, `tests/package_test.ts` reads the list of what would be embedded.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs";
import { fromFileUrl, join } from "@std/path";
import { isPermitted, needs, variable } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { root, told, writeDigits } from "./_program.ts";

needs(import.meta.url, "env", "read", "run", "write");

/** Whether there is a base: where a variable says, or kept from another time. */
async function hasBase(): Promise<boolean> {
  const named = variable("DENORT_BIN");
  if (named !== undefined) return await exists(named);
  const { stdout } = await told(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }),
  );
  const { denoDir } = JSON.parse(stdout);
  const { deno } = Deno.version;
  const base = `denort-${Deno.build.target}.zip`;
  return await exists(join(denoDir, "dl", "release", `v${deno}`, base));
}

const isThere = isPermitted("read", "run") && await hasBase();

Deno.test({
  name: "the compiled program trains, with a report, in an empty folder" +
    (isThere ? "" : " (needs denort: DENORT_BIN, or a deno compile before)"),
  ignore: !isThere,
  async fn() {
    await using folder = await temporaryFolder();
    const program = join(folder.path, "mnist-cnn");
    const made = await told(
      new Deno.Command(Deno.execPath(), {
        args: ["task", "--quiet", "compile", "--no-check", "-o", program],
        cwd: fromFileUrl(root),
        env: { NO_COLOR: "1" },
      }),
    );
    assertEquals(made.code, 0, made.stderr);
    const cwd = join(folder.path, "empty");
    await Deno.mkdir(cwd);
    const run = (...args: string[]) =>
      told(
        new Deno.Command(program, {
          args,
          cwd,
          env: {
            DENO_DIR: join(folder.path, "cache"),
            HTTPS_PROXY: "http://127.0.0.1:9/",
            NO_COLOR: "1",
          },
        }),
      );
    const help = await run("--help");
    assertEquals([help.code, help.stderr], [0, ""]);
    assertStringIncludes(help.stdout, "Usage: mnist-cnn COMMAND [options]");
    const data = join(folder.path, "data");
    await Deno.mkdir(data);
    await writeDigits(data, 30, 20);
    const trained = await run(
      ...["train", "--data", data, "--device", "cpu", "--epochs", "1"],
      ...["--batch-size", "10", "--report", "report.html"],
    );
    assertEquals([trained.code, trained.stderr], [0, ""]);
    const report = await Deno.readTextFile(join(cwd, "report.html"));
    assertMatch(report, /<svg [^>]*aria-labelledby/);
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout } = await run("completions", shell);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "mnist-cnn complete -- ");
    }
    for (const { stderr, stdout } of [help, trained]) {
      assertEquals(`${stdout}${stderr}`.includes("deno task"), false);
    }
  },
});
