import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { fitted, widthOf } from "../../src/cli/_columns.ts";
import { commands } from "../../src/cli/_commands.ts";
import { asPng, pictureOf } from "../digits/_pictures.ts";
import { testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runHere } from "./_main.ts";
import { program, writeDigits } from "./_program.ts";
import { hasTerminal, inTerminal } from "./_terminal.ts";

needs(import.meta.url, "env", "read", "run", "write");

Deno.test("a line that is too long goes on farther in, between its words", () => {
  const text = "one\n  (a): two three four\nfive-six-seven-eight";
  assertEquals(
    fitted(text, 12),
    "one\n  (a): two\n    three\n    four\nfive-six-seven-eight",
  );
  assertEquals(fitted(text, 22), text);
});

/** Lines that are wider than 80, but for errors, which are one line each. */
function wide(text: string): string[] {
  return text.split("\n").filter((line) =>
    widthOf(line) > 80 && !/^(error|note): /.test(line)
  );
}

Deno.test("every --help fits 80 columns", async () => {
  const overview = await runHere("--help");
  assertEquals(wide(overview.stdout), []);
  for (const { name } of commands) {
    const { code, stdout } = await runHere(name, "--help");
    assertEquals([code, wide(stdout)], [0, []], name);
  }
});

/** Calls of every command that ends by itself, in their order. */
function calls(folder: string): string[][] {
  const at = (name: string) => join(folder, name);
  const cpu = ["--device", "cpu", "--threads", "1"];
  const data = ["--data", folder, ...cpu];
  const weights = at("weights.safetensors");
  const training = [...data, "--epochs", "1", "--batch-size", "20"];
  const files = ["--out", weights, "--run", at("runs/one")];
  const own = ["--model", weights];
  return [
    ["data", "--data", folder],
    ["train", ...training, ...files, "--verbose", "--profile"],
    ["train", ...training, "--seeds", "1,2,3,4", "--no-report", "--quiet"]
      .concat("--out", at("s.npz"), "--run", at("runs/two")),
    ["evaluate", ...data, ...own, "--verbose", "--profile"],
    ["predict", ...data, ...own, "--logits", "--verbose"],
    ["predict", "--show", ...cpu, at("seven.png")],
    ["lr-find", ...data, "--steps", "20", "--verbose"],
    ["sweep", ...training, "--lr", "1e-3,1e-2", "--run", at("runs/sweep")],
    ["runs", "--in", at("runs")],
    ["runs", "--in", at("runs"), "one"]
      .concat([1, 2, 3, 4].map((seed) => `two/seed-${seed}`)),
    ["runs", "--in", at("runs"), "--delete", "two/seed-4"],
    ["summary"],
    ["inspect", "--stats", weights],
    ["convert", weights, at("w.onnx")],
    ["site", "--data", folder, "--out", at("site"), ...own],
    ["bundle", "--out", at("browser")],
    ["doctor", "--seconds", "0", "--verbose"],
  ];
}

Deno.test("every command keeps to 80 columns where there is no terminal", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 60, 40);
  const picture = pictureOf(testDigit(0), { scale: 4 });
  await Deno.writeFile(join(folder.path, "seven.png"), asPng(picture));
  // The lines of completions are a shell's; sweep and worker have tests of their own.
  const tried = new Set(["completions", "serve", "sweep", "worker"]);
  for (const args of calls(folder.path)) {
    const { code, stderr, stdout } = await runHere(...args);
    assertEquals([code, wide(stdout), wide(stderr)], [0, [], []], args[0]);
    tried.add(args[0]);
  }
  assertEquals([...tried].sort(), commands.map(({ name }) => name).sort());
});

Deno.test("serve keeps to 80 columns too", async () => {
  const options = ["--port", "0", "--device", "cpu", "--verbose"];
  const child = program("serve", ...options).spawn();
  const [stdout, output] = child.stdout.tee();
  const reader = stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  child.kill("SIGTERM");
  await reader.cancel();
  await output.cancel();
  const stderr = await new Response(child.stderr).text();
  await child.status;
  assertMatch(value, /^serving http/);
  assertEquals([wide(value), wide(stderr)], [[], []]);
});

Deno.test({
  name: "COLUMNS and the terminal say how wide a line is",
  ignore: !hasTerminal,
  async fn() {
    const own = "deno run -A src/cli/mod.ts";
    const wider = await inTerminal(["summary"], {}, own);
    assertMatch(wider.screen, /affine=True, track_running_stats=True\)/);
    const told = await inTerminal(["summary"], {}, `env COLUMNS=60 ${own}`);
    const lines = told.screen.split("\r\n").slice(0, 20);
    assert(lines.every((line) => widthOf(line) <= 60), told.screen);
  },
});
