import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { ProgressBar } from "../../src/cli/_progress.ts";
import type { StepResult } from "../../src/training/mod.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { withoutLibrary, writeDigits } from "./_program.ts";
import { hasTerminal, inTerminal, readable } from "./_terminal.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

/** A terminal that remembers what was written. */
function terminal(columns: number) {
  const written: string[] = [];
  const write = (text: string) => written.push(readable(text)) > 0;
  return { isTTY: true, columns, write, written };
}

function step(rows: number, loss: number): StepResult {
  return {
    ...{ epoch: 3, epochs: 10, step: rows / 100, steps: 600, rows },
    ...{ totalRows: 60000, loss, acc: 0.9876, lr: 0.01 },
    ...{ imagesPerSecond: 4321.5, readStep: rows / 100 },
  };
}

Deno.test("the bar tells epoch, loss, accuracy, speed and time left", async () => {
  const screen = terminal(100);
  const bar = await ProgressBar.open({ color: false, terminal: screen });
  bar.show(step(15000, NaN));
  const first = screen.written.join("");
  assertMatch(
    first,
    / 3\/10 █{8}░{23} 25% {2}loss … {2}acc 0\.98760 .* \? left/,
  );
  bar.show(step(30000, 0.25321));
  bar.clear();
  const all = screen.written.join("");
  assertMatch(
    all,
    /50% {2}loss 0\.25321 {2}acc 0\.98760 {2}4322 images\/s {2}\S+ left/,
  );
  // Colour, and what a killed program would leave: no cursor, no wrapping.
  assertEquals(all.match(/␛\[([\d;]*m|\?)/), null);
  // The line is empty, and nothing follows.
  assertEquals(screen.written.slice(-2), ["␛[1G", "␛[2K"]);
});

Deno.test("the bar fits a narrow terminal and has a colour", async () => {
  const screen = terminal(60);
  const bar = await ProgressBar.open({ color: true, terminal: screen });
  bar.show(step(30000, 0.25321));
  bar.clear();
  assertMatch(screen.written.join(""), /␛\[36m█{4}░{4}␛\[0m 50%/);
  const longest = Math.max(...screen.written.map((text) => text.length));
  assertEquals(longest, 60);
});

async function task() {
  const folder = await temporaryFolder();
  await writeDigits(folder.path, 40, 10);
  const options = [
    ...["train", "--data", folder.path, "--device", "cpu", "--epochs", "2"],
    ...["--batch-size", "10", "--run", join(folder.path, "run")],
    ...["--out", join(folder.path, "weights.safetensors")],
  ];
  return { ...folder, options };
}

Deno.test({
  name: "train draws a bar per epoch in a terminal, and then the line",
  ignore: !hasTerminal,
  fn: async () => {
    await using folder = await task();
    const colored = await inTerminal(folder.options, {});
    assertEquals(colored.code, 0);
    assertMatch(colored.screen, /1\/2 ␛\[36m█+░*␛\[0m \d+% {2}loss /);
    assertMatch(colored.screen, /2\/2 ␛\[36m/);
    assertMatch(
      colored.screen,
      /␛\[2K\[Epoch {3}1\/ {2}2\] loss: \d\.\d{5} val_loss: \S+ val_acc: \S+\r\n/,
    );
    const plain = await inTerminal(folder.options, { color: false });
    assertMatch(plain.screen, /1\/2 █+░* \d+% {2}loss /);
    assertEquals(plain.screen.includes("␛[36m"), false);
  },
});

Deno.test({
  name: "a terminal has curves of loss and accuracy at the end, a pipe none",
  ignore: !hasTerminal,
  async fn() {
    await using folder = await task();
    const args = [...folder.options, "--epochs", "3"];
    const plain = await inTerminal(args, { color: false });
    const lines = plain.screen.split("\r\n");
    const title = lines.findIndex((line) => /^ +val_loss +val_acc$/.test(line));
    const chart = lines.slice(title, title + 9);
    assertMatch(chart.join("\n"), /[┼┤][^]*\n +epoch 1 +3/);
    assert(chart.every((line) => line.length <= 80 && !line.includes("␛")));
    const colored = await inTerminal([...args, "--force"]);
    assertMatch(colored.screen, /␛\[36mloss␛\[0m ␛\[33mval_loss␛\[0m/);
    const piped = await inTerminal([...args, "--force", "| cat"]);
    assertEquals(/epoch 1 +3/.test(piped.screen), false);
  },
});

Deno.test({
  name: "--quiet, --json and a pipe have no bar",
  ignore: !hasTerminal,
  fn: async () => {
    await using folder = await task();
    const quiet = await inTerminal([...folder.options, "--quiet"], {});
    assertEquals(quiet, { code: 0, screen: "" });
    const json = await inTerminal([...folder.options, "--json"], {});
    assertEquals(json.screen.includes("␛"), false);
    const piped = await inTerminal([...folder.options, "| cat"], {});
    assertEquals(piped.screen.includes("␛"), false);
    assertMatch(piped.screen, /\n\[Epoch {3}2\/ {2}2\] loss: /);
  },
});

Deno.test({
  name: "a training without the bar's library goes on without a bar",
  ignore: !hasTerminal,
  fn: async () => {
    await using folder = await task();
    const runner = [
      ...[
        "deno",
        ...await withoutLibrary(folder.path, "npm:cli-progress@3.12.0"),
      ],
      "src/cli/mod.ts",
    ].join(" ");
    const { code, screen } = await inTerminal(folder.options, {}, runner);
    assertEquals(code, 0);
    assertMatch(
      screen,
      /\nnote: no progress bar: cannot load the library cli-progress: got Module not found [^\n]*\. Help: [^\n]*\r\n/,
    );
    assert(screen.includes("\n[Epoch   2/  2] loss: "));
  },
});
