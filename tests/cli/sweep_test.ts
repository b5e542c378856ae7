import { assert, assertEquals, assertMatch } from "@std/assert";
import { exists } from "@std/fs";
import { join } from "@std/path";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";
import { runHere } from "./_main.ts";
import { program, root, run, taskIn, writeDigits } from "./_program.ts";

needs(import.meta.url, "env", "read", "run", "write");

const decoder = new TextDecoder();

/** What makes a training short. */
const small = [
  ...["--batch-size", "20", "--device", "cpu"],
];

async function withData() {
  const folder = await temporaryFolder();
  await writeDigits(folder.path, 100, 20);
  return { ...folder, data: ["--data", folder.path, ...small] };
}

/** The files of a sweep that must not depend on how it was run. */
async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const trial of await listing(folder)) {
    if (!trial.startsWith("trial-")) continue;
    for (const name of await listing(join(folder, trial))) {
      files[`${trial}/${name}`] = await Deno.readFile(
        join(folder, trial, name),
      );
    }
  }
  return files;
}

Deno.test("a sweep by the task finds the best of a grid, where the user stands", async () => {
  await using folder = await withData();
  const output = await taskIn(
    ...[folder.path, "sweep", "--data", ".", ...small, "--epochs", "2"],
    ...["--lr", "1e-6,0.01", "--seeds", "0,1"],
  ).output();
  const [stdout, stderr] = [output.stdout, output.stderr]
    .map((bytes) => decoder.decode(bytes));
  assertEquals([output.code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.filter((line) => line.length > 80), []);
  const [, name] = /^sweep: runs\/(sweep-\S+)$/.exec(lines[0])!;
  assertEquals(lines.slice(1, 3), [
    "trials: 4, of 2 settings and 2 seeds",
    "measured on: 0.1 of the training images, held out",
  ]);
  const head = "val_acc  deviation  val_loss  epochs  setting";
  const [best, worst] = lines.slice(lines.indexOf(head) + 1);
  assertMatch(best, /^1\.00000 +0\.00000 +\d\.\d{5} +2 {2}lr 0\.01$/);
  assertMatch(worst, /^0\.\d{5} +0\.\d{5} +\d\.\d{5} +2 {2}lr 1e-6$/);
  assertEquals(lines.includes("best: lr 0.01"), true);

  // Its command trains; on the trial's rows it makes the trial's bytes.
  const sweep = join(folder.path, "runs", name);
  const trial = join(sweep, "trial-02-seed-0");
  const [, command] = /^ {2}deno task ([^]+?)\nsaved /m.exec(stdout)!;
  const again = await taskIn(
    ...[folder.path, ...command.split(/[\s\\]+/), "--val-fraction", "0.1"],
    ...["--no-report", "--checkpoint-every", "0", "--out", "w.safetensors"],
  ).output();
  assertEquals([again.code, decoder.decode(again.stderr)], [0, ""]);
  assertEquals(
    await Deno.readFile(join(folder.path, "w.safetensors")),
    await Deno.readFile(join(trial, "trial.safetensors")),
  );

  // Each trial is a run.
  const runs = await taskIn(folder.path, "runs", "--json").output();
  const { runs: found }: { runs: { run: string }[] } = JSON.parse(
    decoder.decode(runs.stdout),
  );
  assertEquals(found[0].run.startsWith(`${name}/trial-02-seed-`), true);
  assertEquals(found.length, 4);
  const page = await Deno.readTextFile(join(sweep, "sweep.html"));
  assertMatch(
    page,
    /<svg role="img" [^]*<title[^>]*>val_acc of each setting by/,
  );
  assertMatch(page, /<th scope="row">1<\/th><td>0\.01<\/td><td>1\.00000<\/td>/);
  assertMatch(page, /<th scope="row">trial-02-seed-1<\/th><td>0\.01<\/td>/);
  const record = JSON.parse(await Deno.readTextFile(join(sweep, "sweep.json")));
  assertEquals(record.settings[0].setting, { lr: 0.01 });
  assertEquals(record.trials[3], {
    ...{ trial: "trial-02-seed-1", folder: `runs/${name}/trial-02-seed-1` },
    ...{ setting: { lr: 0.01 }, seed: 1, state: "finished", epochs: 2 },
    ...{ best_epoch: record.trials[3].best_epoch, val_acc: 1 },
    val_loss: record.trials[3].val_loss,
  });

  // Deleting the last trial deletes what the sweep wrote beside them.
  const names = found.map(({ run }) => run);
  const deleted = await taskIn(folder.path, "runs", "--delete", ...names)
    .output();
  assertEquals([deleted.code, decoder.decode(deleted.stderr)], [0, ""]);
  assertEquals(await exists(sweep), false);
});

Deno.test("a sweep killed in a trial goes on, and ends with the same bytes", async () => {
  await using folder = await withData();
  const options = [
    ...["sweep", ...folder.data, "--lr", "1e-6,0.01,0.001"],
    ...["--epochs", "9", "--halving", "--min-resource", "3"],
    ...["--schedule", "cosine", "--ema-decay", "0.5"],
  ];
  const whole = join(folder.path, "whole");
  const parts = join(folder.path, "parts");
  const first = await run(...options, "--run", whole, "--jobs", "2", "--json");
  assertEquals([first.code, first.stderr], [0, ""]);
  const { args, rungs, settings, threads } = JSON.parse(first.stdout);
  assertEquals(rungs, [3, 9]);
  assertEquals(
    settings.map(({ epochs }: { epochs: number }) => epochs),
    [9, 3, 3],
  );
  assertEquals(settings[2].setting, { lr: 1e-6 });

  // That a trial was left at a rung, to go on later, changes no byte of it.
  const { lr } = settings[0].setting;
  const alone = join(folder.path, "alone.safetensors");
  const trained = await run(
    ...["train", ...folder.data, "--lr", String(lr), "--epochs", "9"],
    ...["--schedule", "cosine", "--ema-decay", "0.5", "--no-report"],
    ...["--val-fraction", "0.1", "--threads", String(threads)],
    ...["--checkpoint-every", "0", "--out", alone],
  );
  assertEquals([trained.code, trained.stderr], [0, ""]);
  const best = lr === 0.01 ? "trial-02" : "trial-03";
  assertEquals(
    await Deno.readFile(alone),
    await Deno.readFile(join(whole, best, "trial.safetensors")),
  );

  const child = program(
    ...[...options, "--run", parts, "--threads", String(threads)],
  ).spawn();
  // In the second trial of the first rung.
  const checkpoint = join(parts, "trial-02", "checkpoint.safetensors");
  while (!await exists(checkpoint)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGKILL");
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
  await child.status;
  const done = join(parts, "trial-01", "checkpoint.safetensors");
  const { mtime } = await Deno.stat(done);
  assertEquals(await exists(join(parts, "trial-03")), false);

  const resumed = await run("sweep", "--resume", parts, "--json");
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
  const record = JSON.parse(resumed.stdout);
  assertEquals(record.settings, settings);
  assertEquals(
    record.args.filter((word: string) => !word.startsWith("--threads")),
    args,
  );
  assertEquals(await filesIn(parts), await filesIn(whole));
  // The first trial, which had reached its last rung, was not run again.
  assertEquals((await Deno.stat(done)).mtime, mtime);
  // Nothing is left to do.
  const again = await run("sweep", "--resume", parts);
  assertEquals([again.code, again.stderr], [0, ""]);
  assertEquals(/^trial-/m.test(again.stdout), false);
});

Deno.test("Ctrl-C stops a sweep in order, and says how it goes on", async () => {
  await using folder = await withData();
  const sweep = join(folder.path, "sweep");
  const options = [
    ...[...folder.data, "--lr", "0.01,0.001", "--epochs", "100000"],
    ...["--run", sweep, "--verbose"],
  ];
  const child = program("sweep", ...options).spawn();
  const checkpoint = join(sweep, "trial-01", "checkpoint.safetensors");
  while (!await exists(checkpoint)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGINT");
  const { code, stderr, stdout } = await child.output();
  assertEquals(code, 130);
  const told = decoder.decode(stderr);
  assertMatch(told, /^trial-01: go on with --resume \S+checkpoint/m);
  assertMatch(told, /\ngo on with deno task sweep --resume \S+\/sweep\n$/);
  assertEquals(/^trial-/m.test(decoder.decode(stdout)), false);
  assertEquals(await exists(join(sweep, "trial-02")), false);
});

Deno.test("a trial ends with who started it", async () => {
  await using folder = await withData();
  const options = [
    ...["trial", ...folder.data, "--epochs", "100000", "--json"],
    ...["--run", folder.path, "--out", join(folder.path, "w.safetensors")],
  ];
  // The permissions and the input of a trial.
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--unstable-webgpu", "--allow-read"],
      ...[`--allow-write=${folder.path}`, "src/cli/mod.ts", ...options],
    ],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const reader = child.stdout.getReader();
  assertMatch(
    decoder.decode((await reader.read()).value),
    /^\{[^\n]*"epoch":1,/,
  );
  await child.stdin.close();
  await reader.cancel();
  assertEquals((await child.status).code, 1);
  await child.stderr.cancel();
});

Deno.test("a setting that diverges is the last, and not the end", async () => {
  await using folder = await withData();
  const sweep = join(folder.path, "sweep");
  const options = [...folder.data, "--epochs", "1", "--run", sweep];
  // With the permissions that the guide names.
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--unstable-webgpu"],
      ...["--allow-read", "--allow-write", "--allow-run=deno"],
      ...["src/cli/mod.ts", "sweep", ...options],
      ...["--lr", "1e30,0.01", "--optimizer", "adadelta"],
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr]
    .map((bytes) => decoder.decode(bytes));
  assertEquals([output.code, stderr], [0, ""]);
  assertMatch(
    stdout,
    /^trial-01 {2}failed: train: loss in epoch 1, step \d: expected /m,
  );
  assertMatch(stdout, /\n +- +- +0 {2}lr 1e30\n\nbest: lr 0\.01\n/);
  const none = await run(
    ...["sweep", ...options, "--run", join(folder.path, "none")],
    ...["--lr", "1e30,1e31", "--optimizer", "adadelta"],
  );
  assertEquals(none.code, 1);
  assertMatch(
    none.stderr,
    /^error: sweep: every setting failed: got [^\n]* Help: [^\n]*\n$/,
  );
});

Deno.test("a random search draws settings, and may measure on the test images", async () => {
  await using folder = await withData();
  const path = join(folder.path, "random");
  const { code, stderr, stdout } = await runHere(
    ...["sweep", ...folder.data, "--run", path, "--epochs", "1"],
    ...["--lr", "0.001:0.1", "--trials", "2", "--val-fraction", "0"],
    ...["--threads", "1", "--jobs", "2"],
  );
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^trials: 2, of 2 settings and one seed$/m);
  assertMatch(
    stdout,
    /^measured on: the test images, which so choose the best setting$/m,
  );
  const record = await Deno.readTextFile(join(path, "sweep.json"));
  const { settings } = JSON.parse(record);
  const rates: number[] = settings.map(({ setting }: {
    setting: { lr: number };
  }) => setting.lr);
  assert(rates.every((lr) => lr >= 0.001 && lr <= 0.1), rates.join());
  assert(rates[0] !== rates[1]);
});

const wrong: [args: string[], message: RegExp][] = [
  [[], /expected several values of an option, got one of each/],
  [["--lr", "0.1:1"], /--lr 0\.1:1: a range goes with --trials N/],
  [["--lr", "0.1,1", "--seed", "1"], /unknown argument --seed.*mean --seeds\?/],
  [
    ["--lr", "0.1,1", "--seeds", "1,1"],
    /--seeds: expected each once, got 1 tw/,
  ],
  [["--seeds", "0,x"], /--seeds: expected a whole number of at least 0, got x/],
  [["--val-fraction", "0.1,0.2"], /--val-fraction: expected one value/],
  [
    ["--epochs", "2,9", "--halving"],
    /--halving: expected settings of equal epochs, got 2 and 9/,
  ],
  [
    ["--lr", "1,2", "--epochs", "2", "--halving"],
    /--halving: expected --epochs of at least 3, .* got 2/,
  ],
  [["--schedule", "multistep,step"], /milestones: expected at least one epoch/],
  [["--resume", ".", "--lr", "1,2"], /--lr does not go with --resume/],
  [["--lr", "1,2", "--jobs", "0"], /--jobs: expected a whole number/],
];
for (const [args, message] of wrong) {
  Deno.test(`sweep ${args.join(" ")} is a wrong call`, async () => {
    await using folder = await withData();
    const data = args.includes("--resume") ? [] : ["--data", folder.path];
    const { code, stderr, stdout } = await runHere("sweep", ...args, ...data);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, message);
    assertMatch(stderr, /^error: [^\n]* Help: [^\n]*\n$/);
  });
}

Deno.test("only the folder of a sweep can be gone on with", async () => {
  await using folder = await withData();
  const none = await runHere("sweep", "--resume", folder.path);
  assertEquals(none.code, 1);
  assertMatch(none.stderr, /^error: cannot read \S+sweep\.json: [^\n]* Help: /);
  const path = join(folder.path, "sweep.json");
  await Deno.writeTextFile(path, '{"version":9}');
  const other = await runHere("sweep", "--resume", folder.path);
  assertEquals(other.code, 1);
  assertMatch(other.stderr, /sweep\.json: expected .* got version 9\. Help: /);
  const onto = await runHere(
    ...["sweep", ...folder.data, "--lr", "1,2", "--run", folder.path],
  );
  assertEquals(onto.code, 2);
  assertMatch(onto.stderr, /a sweep is there; --resume goes on/);
  assert(!await exists(join(folder.path, "trial-01")));
});
