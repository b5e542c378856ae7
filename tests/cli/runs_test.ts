import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { DEFAULT_SETTINGS, writeCheckpoint } from "../../src/training/mod.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";
import { run, taskIn, writeDigits } from "./_program.ts";

needs(import.meta.url, "read", "run", "write");

/** A checkpoint as a training leaves it, of as many epochs as accuracies. */
async function leave(
  folder: string,
  name: string,
  accuracies: readonly number[],
  settings = {},
): Promise<void> {
  const own = join(folder, name);
  await Deno.mkdir(own, { recursive: true });
  const state = { dtype: "I32", shape: [], data: Int32Array.of(0) } as const;
  await writeCheckpoint(join(own, "checkpoint.safetensors"), {
    weights: new Map(),
    state: new Map([["batch", state]]),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    history: accuracies.map((valAcc, index) => ({
      ...{ epoch: index + 1, loss: 0.5, acc: 0.75, valAcc, lr: 0.01 },
      ...{ valLoss: 1 - valAcc, trainSeconds: 1, evalSeconds: 1 },
      imagesPerSecond: 1,
    })),
  });
  await Deno.writeTextFile(join(own, "report.html"), "<p>");
}

async function someRuns() {
  const folder = await temporaryFolder();
  await leave(folder.path, "a", [0.5, 0.75]);
  await leave(folder.path, "b/seed-3", [0.875, 0.625], { seed: 3, lr: 0.1 });
  await leave(folder.path, "c", []);
  await Deno.mkdir(join(folder.path, "no-run"));
  return folder;
}

Deno.test("runs lists what was trained, best first", async () => {
  await using folder = await someRuns();
  const { code, stderr, stdout } = await run("runs", "--in", folder.path);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.split("\n"), [
    "run       network  val_acc  val_loss  best epoch    lr  batch  seed",
    "b/seed-3  cnn      0.87500   0.12500      1 of 2   0.1    100     3",
    "a         cnn      0.75000   0.25000      2 of 2  0.01    100     0",
    "c         cnn            -         -           -  0.01    100     0",
    "",
  ]);
  const json = await run("runs", "--in", folder.path, "--json");
  const { runs: [first, , last] } = JSON.parse(json.stdout);
  assertEquals([first.run, first.best, first.settings.lr], [
    "b/seed-3",
    1,
    0.1,
  ]);
  assertEquals(first.epochs[1], {
    ...{ epoch: 2, loss: 0.5, acc: 0.75, val_loss: 0.375, val_acc: 0.625 },
    lr: 0.01,
  });
  assertEquals([last.best, last.epochs], [null, []]);
});

Deno.test("runs A B sets two side by side, by what tells them apart", async () => {
  await using folder = await someRuns();
  const paths = ["a", join(folder.path, "b/seed-3/")];
  const { code, stdout } = await run("runs", "--in", folder.path, ...paths);
  assertEquals(code, 0);
  assertEquals(stdout.split("\n"), [
    "                      a  b/seed-3",
    "lr                 0.01       0.1",
    "seed                  0         3",
    "epochs trained        2         2",
    "best epoch            2         1",
    "val_acc         0.75000   0.87500",
    "val_loss        0.25000   0.12500",
    "acc             0.75000   0.75000",
    "loss            0.50000   0.50000",
    "",
  ]);
});

Deno.test("runs --delete removes a run, and nothing that is not its own", async () => {
  await using folder = await someRuns();
  await Deno.writeTextFile(join(folder.path, "a", "notes.txt"), "mine");
  const { code, stdout } = await run(
    ...["runs", "--in", folder.path, "--delete", "a", "b/seed-3"],
  );
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /^deleted \S+a, but for notes\.txt\ndeleted \S+seed-3\n$/,
  );
  assertEquals(await listing(join(folder.path, "a")), ["notes.txt"]);
  assertEquals(await listing(folder.path), ["a", "c", "no-run"]);
  const { stdout: rest } = await run("runs", "--in", folder.path, "--json");
  assertEquals(JSON.parse(rest).runs.map(({ run }: { run: string }) => run), [
    "c",
  ]);
});

const wrong: [args: string[], message: RegExp][] = [
  [["aa"], /no run aa in \S+\. Help: .* --help/],
  [["../x", "--delete"], /no run \.\.\/x in/],
  [[".", "--delete"], /no run \. in/],
  [["no-run", "--delete"], /no run no-run in/],
  [["b/seed-4"], /Did you mean b\/seed-3\?/],
  [["--delete"], /--delete: RUN is missing/],
  [["a", "--delete", "--json"], /--delete does not go with --json/],
];
for (const [args, message] of wrong) {
  Deno.test(`runs ${args.join(" ")} is a wrong call`, async () => {
    await using folder = await someRuns();
    const before = await listing(folder.path);
    const result = await run("runs", "--in", folder.path, ...args);
    assertEquals([result.code, result.stdout], [2, ""]);
    assertMatch(result.stderr, message);
    assertMatch(result.stderr, /^error: [^\n]* Help: [^\n]*\n$/);
    assertEquals(await listing(folder.path), before);
  });
}

Deno.test("a damaged checkpoint is a note, and no runs are none", async () => {
  await using folder = await someRuns();
  await Deno.writeTextFile(
    join(folder.path, "a/checkpoint.safetensors"),
    "no checkpoint",
  );
  const damaged = await run("runs", "--in", folder.path);
  assertEquals(damaged.code, 0);
  assertMatch(
    damaged.stderr,
    /^note: [^\n]*a\/checkpoint[^\n]* Help: [^\n]*\n$/,
  );
  assertEquals(damaged.stdout.trimEnd().split("\n").length, 3);
  const none = await run("runs", "--in", join(folder.path, "none"));
  assertEquals([none.code, none.stderr], [0, ""]);
  assertMatch(none.stdout, /^no runs in \S+: deno task train makes one\n$/);
});

Deno.test("the task lists what train left, where the user stands", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const task = async (...args: string[]) => {
    const output = await taskIn(folder.path, ...args).output();
    const decoder = new TextDecoder();
    assertEquals([output.code, decoder.decode(output.stderr)], [0, ""]);
    return decoder.decode(output.stdout);
  };
  const small = ["--data", ".", "--device", "cpu", "--batch-size", "10"];
  const seeds = ["--seeds", "0,1", "--epochs", "1", "--no-report"];
  await task("train", ...small, ...seeds);
  const { runs: found } = JSON.parse(await task("runs", "--json"));
  assertEquals(found.length, 2);
  await task(
    "runs",
    "--delete",
    ...found.map(({ run }: { run: string }) => run),
  );
  assertEquals(await task("runs", "--json"), '{"schema":1,"runs":[]}\n');
});
