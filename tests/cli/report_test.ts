import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { echarts } from "../../src/report/echarts.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { root, run, withoutLibrary, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

/** A folder with data, and the options of a short training. */
async function task() {
  const folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const file = (...names: string[]) => join(folder.path, ...names);
  const options = [
    ...["train", "--data", folder.path, "--device", "cpu"],
    ...["--batch-size", "10", "--threads", "1"],
    ...["--run", file("run"), "--out", file("weights.safetensors")],
  ];
  return { ...folder, file, options };
}

/** Runs the command line by `deno` with these arguments before it. */
async function deno(before: string[], args: string[]) {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...before, ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const [text, errors] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  // What Deno says of a library that it fetches for the first time.
  const own = errors.replace(/^Download .*\n/gm, "");
  return { code, stdout: text, stderr: own };
}

/** The epochs in a report's table. */
async function epochsIn(path: string): Promise<number[]> {
  const [, table] = (await Deno.readTextFile(path)).split('id="epochs"');
  const rows = table.split("</table>")[0].matchAll(/<tr>\s*<td>(\d+)<\/td>/g);
  return Array.from(rows, ([, epoch]) => Number(epoch));
}

Deno.test("train leaves a report in the run's folder, with its own permissions", async () => {
  await using folder = await task();
  // In a folder that the run makes.
  const png = folder.file("run", "curves.png");
  const args = [...folder.options.slice(1), "--epochs", "2", "--plot", png];
  const trained = await deno(["task", "--quiet", "train"], args);
  assertEquals([trained.code, trained.stderr], [0, ""]);
  const report = folder.file("run", "report.html");
  assert(trained.stdout.endsWith(
    `saved ${
      folder.file("weights.safetensors")
    }\nsaved ${report}\nsaved ${png}\n`,
  ));
  assertEquals(await epochsIn(report), [1, 2]);
  const page = await Deno.readTextFile(report);
  assertMatch(page, new RegExp(`<dt>data</dt>\\s*<dd>${folder.path}</dd>`));
  assertMatch(page, /<dt>device<\/dt>\s*<dd>cpu \(1 thread, /);
  const signature = (await Deno.readFile(png)).subarray(1, 4);
  assertEquals(new TextDecoder().decode(signature), "PNG");
});

Deno.test("what train prints fits one screen of a terminal", async () => {
  await using folder = await task();
  const { stdout } = await run(...folder.options);
  const lines = stdout.trimEnd().split("\n");
  assert(lines.length >= 24 && lines.length <= 40, `${lines.length} lines`);
  assert(lines.every((line) => line.length <= 100));
});

Deno.test("--report names the page, --no-report leaves none", async () => {
  await using folder = await task();
  const page = folder.file("page.html");
  const svg = folder.file("curves.svg");
  const once = [...folder.options, "--epochs", "1"];
  await run(...once, "--report", page, "--plot", svg);
  assertEquals(await epochsIn(page), [1]);
  assertMatch(await Deno.readTextFile(svg), /^<svg [\s\S]*val_loss/);
  await run(...once, "--no-report");
  assertEquals(await listing(folder.file("run")), [
    "checkpoint.best.safetensors",
    "checkpoint.safetensors",
  ]);
});

Deno.test("the report of a resumed training has its whole history", async () => {
  await using folder = await task();
  await run(...folder.options, "--epochs", "2", "--no-report");
  const checkpoint = folder.file("run", "checkpoint.safetensors");
  const resumed = [...folder.options, "--resume", checkpoint, "--epochs", "3"];
  assertEquals((await run(...resumed)).code, 0);
  assertEquals(await epochsIn(folder.file("run", "report.html")), [1, 2, 3]);
});

Deno.test("--seeds leaves a report and a plot for each", async () => {
  await using folder = await task();
  const seeds = ["--seeds", "3,4", "--epochs", "1", "--val-fraction", "0.2"];
  const plot = ["--plot", folder.file("plot.svg")];
  const { code } = await run(...folder.options, ...seeds, ...plot);
  assertEquals(code, 0);
  for (const seed of [3, 4]) {
    const path = folder.file("run", `seed-${seed}`, "report.html");
    const page = await Deno.readTextFile(path);
    assertMatch(page, new RegExp(`<dt>seed</dt>\\s*<dd>${seed}</dd>`));
    assertMatch(page, /\d of 6 validation images right/);
    assert((await Deno.stat(folder.file(`plot.seed-${seed}.svg`))).isFile);
  }
});

Deno.test("where the chart library is out of reach, the weights are saved", async () => {
  await using folder = await task();
  const before = await withoutLibrary(folder.path, echarts);
  const program = [...before, "src/cli/mod.ts"];
  const weights = folder.file("weights.safetensors");
  const once = [...folder.options, "--epochs", "1"];

  const unasked = await deno(program, once);
  assertEquals(unasked.code, 0);
  const message =
    /^note: the weights are saved, but not \S+report\.html: cannot load the library echarts: got [^\n]*\. Help: [^\n]*\n$/;
  assertMatch(unasked.stderr, message);
  assert(unasked.stdout.endsWith(`\nsaved ${weights}\n`));

  await Deno.remove(weights);
  const asked = ["--report", folder.file("page.html")];
  const plot = ["--plot", folder.file("plot.png")];
  const failed = await deno(program, [...once, ...asked, ...plot, "--quiet"]);
  assertEquals(failed.code, 1);
  const lines = failed.stderr.trim().split("\n");
  assertEquals(lines.length, 2);
  assertMatch(
    lines[0],
    /^error: the weights are saved, but not \S+plot\.png: /,
  );
  assertMatch(lines[1], /^error: the weights are saved, but not \S+page\.html/);
  assert((await Deno.stat(weights)).isFile);
  assertEquals(
    (await listing(folder.path)).filter((each) => /page|plot/.test(each)),
    [],
  );
});

const wrong: [args: string[], code: number, message: RegExp][] = [
  [
    ["--plot", "a.jpg"],
    2,
    /--plot: expected a name that ends in .* got a\.jpg/,
  ],
  [["--report", "a", "--no-report"], 2, /--report does not go with --no-rep/],
  [["--report", "/none/a.html"], 1, /cannot write \/none\/a\.html/],
];
for (const [args, code, message] of wrong) {
  Deno.test(`train ${args.join(" ")} fails before it trains`, async () => {
    const failed = await run("train", ...args);
    assertEquals(failed.code, code);
    assertMatch(failed.stderr, message);
    assertMatch(failed.stderr, /^error: [^\n]* Help: [^\n]*\n$/);
    assertEquals(failed.stdout, "");
  });
}
