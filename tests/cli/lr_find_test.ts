import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { suggestLr } from "../../src/training/_lr_suggestion.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";
import {
  root,
  run,
  taskIn,
  told,
  withoutLibrary,
  writeDigits,
} from "./_program.ts";

needs(import.meta.url, "read", "run", "write");

const points = (losses: number[]) =>
  losses.map((smooth, lr) => ({ lr, smooth }));

Deno.test("the suggestion is fastai's valley", () => {
  // The steps that fastai's own function chose for these losses.
  const valley = Array.from({ length: 100 }, (_, i) => {
    const rise = i < 80 ? 0 : 0.02 * (i - 80) ** 2;
    const fall = 2 / (1 + Math.exp((60 - i) / 6));
    return 2.3 + 0.02 * Math.sin(3 * i) - fall + rise;
  });
  assertEquals(suggestLr(points(valley), 100), 54);
  const jumps = Array.from(
    { length: 60 },
    (_, i) => ((i * 37) % 11) / 11 + 1 / (i + 1),
  );
  assertEquals(suggestLr(points(jumps), 60), 40);
  const straight = Array.from({ length: 40 }, (_, i) => 5 - 0.01 * i);
  assertEquals(suggestLr(points(straight), 40), 18);
  assertEquals(suggestLr(points(straight.slice(0, 9)), 40), NaN);
});

/** A folder with data, and what a command there prints. */
async function task() {
  const folder = await temporaryFolder();
  await writeDigits(folder.path, 60, 20);
  const data = ["--data", folder.path, "--device", "cpu", "--batch-size", "10"];
  return { ...folder, data };
}

Deno.test("lr-find draws the curve and suggests a rate, by the task", async () => {
  await using folder = await task();
  const plot = ["--plot", "curve.svg"];
  const output = await taskIn(folder.path, "lr-find", ...folder.data, ...plot)
    .output();
  const decoder = new TextDecoder();
  const [stdout, stderr] = [output.stdout, output.stderr]
    .map((bytes) => decoder.decode(bytes));
  assertEquals([output.code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assert(lines.every((line) => line.length <= 80), stdout);
  assertMatch(
    stdout,
    /┤[^]*\n +1e-7 +1e-6 [^]*\n +\^\nsuggestion: --lr [\d.e-]+\nsaved curve\.svg\n$/,
  );
  const svg = await Deno.readTextFile(join(folder.path, "curve.svg"));
  assertMatch(svg, /^<svg[^]*suggested learning rate \d/);
  // Nothing else is written.
  assertEquals(
    await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name)
      .then((names) => names.filter((name) => !name.includes("ubyte"))),
    ["curve.svg"],
  );
});

Deno.test("lr-find --json has every step, the same twice", async () => {
  await using folder = await task();
  const range = ["--from", "1e-5", "--to", "1", "--steps", "40", "--json"];
  const once = await run("lr-find", ...folder.data, ...range);
  const again = await run("lr-find", ...folder.data, ...range);
  assertEquals(once, again);
  const { points, suggestion } = JSON.parse(once.stdout);
  assertEquals(points[0].lr, 1e-5);
  assert(points.length > 20 && points.length <= 40, `${points.length} steps`);
  const factor = points[2].lr / points[1].lr;
  assert(Math.abs(factor - 1e5 ** (1 / 40)) < 1e-9);
  // Of one step the smoothed loss is the loss.
  assertEquals(Math.fround(points[0].smooth), Math.fround(points[0].loss));
  assert(suggestion > 1e-5 && suggestion < 1);
});

Deno.test("without the library of text charts there is a suggestion, and a note", async () => {
  await using folder = await task();
  const before = await withoutLibrary(folder.path, "npm:asciichart@1.5.25");
  const { code, stderr, stdout } = await told(
    new Deno.Command(Deno.execPath(), {
      args: [...before, "src/cli/mod.ts", "lr-find", ...folder.data],
      cwd: root,
      env: { NO_COLOR: "1" },
    }),
  );
  assertEquals(code, 0);
  assertMatch(
    stderr,
    /^note: no curve: cannot load the library asciichart: got [^\n]*\. Help: [^\n]*$/m,
  );
  assertMatch(stdout, /^suggestion: --lr [\d.e-]+$/m);
});

const wrong: [args: string[], message: RegExp][] = [
  [["--from", "0"], /--from: expected a number above 0, got 0/],
  [["--from", "1", "--to", "0.1"], /--from: expected less than --to, got 1/],
  [
    ["--steps", "19"],
    /--steps: expected a whole number of at least 20, got 19/,
  ],
  [["--lr", "0.1"], /unknown argument --lr/],
  [["--optimizer", "sgd"], /--optimizer: expected .*rmsprop, adadelta, got/],
];
for (const [args, message] of wrong) {
  Deno.test(`lr-find ${args.join(" ")} is a wrong call`, async () => {
    const { code, stderr, stdout } = await run("lr-find", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, message);
    assertMatch(stderr, /^error: [^\n]* Help: [^\n]*\n$/);
  });
}

Deno.test("a plot of another format is refused before anything is trained", async () => {
  const { code, stderr } = await run("lr-find", "--plot", "curve.jpg");
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: plot curve\.jpg: expected a name that ends in \.svg or \.png/,
  );
});
