import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
} from "@std/assert";
import { join } from "@std/path";
import {
  readSafetensors,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import {
  DEFAULT_SETTINGS,
  readCheckpoint,
  recipeSettings,
} from "../../src/training/mod.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { interrupted } from "./_interrupted.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

/** A folder with data, and the options of a training on it. */
async function task() {
  const folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const file = (name: string) => join(folder.path, `${name}.safetensors`);
  const options = (name: string) => [
    ...["--data", folder.path, "--device", "cpu", "--batch-size", "10"],
    ...["--checkpoint", file(name), "--out", file(`${name}-weights`)],
  ];
  return { ...folder, file, options };
}

Deno.test("train --resume makes the file that one training makes", async () => {
  await using folder = await task();
  const { file, options } = folder;
  await run("train", ...options("whole"), "--epochs", "3", "--seed", "5");
  await run("train", ...options("parts"), "--epochs", "1", "--seed", "5");
  const resume = ["--resume", file("parts"), "--epochs", "3"];
  const resumed = await run("train", ...options("parts"), ...resume);
  assertEquals(resumed.stderr, "");
  assertMatch(resumed.stdout, /\n\[Epoch {3}2\/ {2}3\]/);
  for (const name of ["", "-weights", ".best"]) {
    assertEquals(
      await Deno.readFile(file(`parts${name}`)),
      await Deno.readFile(file(`whole${name}`)),
    );
  }
  const evaluated = await run(
    ...["evaluate", "--model", file("parts"), "--data", folder.path],
  );
  assertEquals(evaluated.code, 0);
});

Deno.test("Ctrl-C leaves a checkpoint from which all goes on", async () => {
  await using folder = await task();
  const { file, options } = folder;
  const log = join(folder.path, "log.json");
  const logged = async () =>
    (await Deno.readTextFile(log)).trim().split("\n").map((line) =>
      JSON.parse(line).epoch
    );
  const endless = [...options("parts"), "--epochs", "1000"];
  const stopped = await interrupted([...endless, "--log-json", log], 1);
  assertEquals(stopped.code, 130);
  assertMatch(
    stopped.stderr,
    /^stopping after this step; .*\ngo on with --resume \S+\n$/,
  );
  const { history } = await readCheckpoint(file("parts"));
  assert(history.length >= 1 && history.length < 1000);
  assertEquals(await logged(), history.map(({ epoch }) => epoch));
  const epochs = ["--epochs", String(history.length + 1)];
  const resume = ["--resume", file("parts")];
  const goes = [...options("parts"), ...resume, ...epochs];
  await run("train", ...goes, "--log-json", log);
  assertEquals((await logged()).at(-1), history.length + 1);
  assertEquals((await logged())[0], 1);
  await run("train", ...options("whole"), ...epochs);
  assertEquals(
    await Deno.readFile(file("parts")),
    await Deno.readFile(file("whole")),
  );
});

for (const [signal, status] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`${signal} leaves a checkpoint, as Ctrl-C does`, async () => {
    await using folder = await task();
    const { file, options } = folder;
    const endless = [...options("run"), "--epochs", "1000"];
    const { code, stderr } = await interrupted(endless, 1, "[Epoch", signal);
    assertEquals(code, status);
    assertMatch(stderr, /^stopping after this step; .*\ngo on with --resume /);
    assert((await readCheckpoint(file("run"))).history.length >= 1);
  });
}

Deno.test("Ctrl-C twice stops at once, and no file is half there", async () => {
  await using folder = await task();
  const { file, options } = folder;
  const endless = [...options("run"), "--epochs", "1000"];
  const { code } = await interrupted(endless, 2);
  assertEquals(code, 130);
  assert((await readCheckpoint(file("run"))).history.length >= 1);
});

Deno.test("Ctrl-C while the report is made ends with its status, and all files", async () => {
  await using folder = await task();
  const { file, options } = folder;
  const plot = join(folder.path, "curves.png");
  const args = [...options("run"), "--epochs", "1", "--plot", plot];
  const { code } = await interrupted(args, 1, "saved");
  assertEquals(code, 130);
  assert((await Deno.stat(file("run-weights"))).isFile);
  assert((await Deno.stat(plot)).isFile);
});

Deno.test("a run has a folder of its own, and --checkpoint-every 0 none", async () => {
  await using folder = await task();
  const data = ["--data", folder.path, "--epochs", "1"];
  const runFolder = join(folder.path, "runs", "first");
  const out = ["--out", folder.file("weights")];
  await run("train", ...data, ...out, "--run", runFolder);
  assertEquals(await listing(runFolder), [
    "checkpoint.best.safetensors",
    "checkpoint.safetensors",
    "report.html",
  ]);
  const none = join(folder.path, "runs", "none");
  const every = ["--checkpoint-every", "0", "--no-report", "--run", none];
  assertEquals((await run("train", ...data, ...out, ...every)).code, 0);
  assertEquals(await listing(join(folder.path, "runs")), ["first"]);
});

Deno.test("--patience stops early", async () => {
  await using folder = await task();
  // So high a rate jumps about.
  const options = [...folder.options("run"), "--epochs", "40", "--lr", "0.5"];
  const { stdout } = await run("train", ...options, "--patience", "2");
  const { history } = await readCheckpoint(folder.file("run"));
  assert(history.length < 40);
  assertEquals(stdout.match(/\[Epoch/g)?.length, history.length);
});

Deno.test("--seeds prints mean and spread, and keeps every model", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const out = join(folder.path, "model.safetensors");
  const { code, stdout } = await run(
    ...["train", "--seeds", "3,4", "--data", folder.path, "--device", "cpu"],
    ...["--epochs", "1", "--batch-size", "10", "--out", out],
    ...["--run", join(folder.path, "run"), "--val-fraction", "0.2"],
  );
  assertEquals(code, 0);
  assertMatch(stdout, /\nseed: 3\ntrain_data: 24\nval_data: 6\n/);
  const rows = stdout.trim().split("\n").slice(-5);
  const values = rows.slice(1).map((row) => Number(row.split(/ +/).at(-1)));
  const [first, second, mean, deviation] = values;
  assertMatch(rows[1], /^3 +1 /);
  assertAlmostEquals(mean, (first + second) / 2, 1e-5);
  assertAlmostEquals(deviation, Math.abs(first - second) / Math.SQRT2, 2e-5);
  assertEquals(await listing(join(folder.path, "run")), ["seed-3", "seed-4"]);
  const models = (await listing(folder.path)).filter((name) =>
    name.startsWith("model")
  );
  assertEquals(models, [
    "model.seed-3.safetensors",
    "model.seed-4.safetensors",
  ]);
});

Deno.test("the options of the learning reach the checkpoint", async () => {
  await using folder = await task();
  const { code, stderr } = await run(
    ...["train", ...folder.options("run"), "--epochs", "1"],
    ...["--schedule", "cosine", "--warmup", "0.5", "--optimizer", "adamw"],
    ...["--weight-decay", "0.01", "--clip-grad-norm", "1"],
    ...["--label-smoothing", "0.1", "--patience", "5"],
    ...["--augment", "shift=0.1,elastic=30,rotate=10"],
  );
  assertEquals(code, 0);
  assertMatch(stderr, /note: the test images decide when to stop/);
  const { settings } = await readCheckpoint(folder.file("run"));
  assertEquals(settings, {
    ...DEFAULT_SETTINGS,
    epochs: 1,
    batchSize: 10,
    schedule: "cosine",
    warmup: 0.5,
    optimizer: "adamw",
    weightDecay: 0.01,
    clipGradNorm: 1,
    labelSmoothing: 0.1,
    augment: { rotate: 10, shift: 0.1, elastic: 30 },
    patience: 5,
  });
});

const wrong: [args: string[], message: RegExp][] = [
  [["--recipe", "quick"], /--recipe: expected notebook, fast, best, got quick/],
  [["--network", "rnn"], /--network: expected cnn, wider-cnn, mlp, got rnn/],
  [["--target-acc", "2"], /--target-acc: expected a number between/],
  [["--schedule", "sine"], /--schedule: expected constant, step, .*, got sine/],
  [["--schedule", "multistep"], /milestones: expected at least one epoch/],
  [["--milestones", "8,5"], /--milestones: expected whole numbers above 0/],
  [["--optimizer", "sgd"], /--optimizer: expected .*rmsprop, adadelta, got/],
  [["--val-fraction", "1"], /--val-fraction: expected a number between/],
  [["--augment", "turn=3"], /--augment: expected rotate, .*, got turn/],
  [["--augment", "rotate"], /--augment rotate: expected a number above 0/],
  [["--seeds", "1,x"], /--seeds: expected a whole number/],
  [["--seeds", "1,2,1"], /--seeds: expected each once, got 1 twice/],
  [
    ["--resume", "tests/"],
    /--resume: expected a checkpoint, got the folder tests\/\. Help: Did you mean tests.checkpoint\.safetensors\?/,
  ],
  [["--seeds", "1", "--seed", "2"], /--seeds does not go with --seed/],
  [["--schedule", "one-cycle", "--warmup", "1"], /warmup: expected none with/],
  [["--threads", "1025"], /--threads: expected .* of at most 1024, got 1025/],
];
for (const [args, message] of wrong) {
  Deno.test(`train ${args.join(" ")} is a wrong call`, async () => {
    const { code, stderr, stdout } = await run("train", ...args);
    // It has opened nothing yet.
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, message);
    assertMatch(stderr, /^error: [^\n]* Help: [^\n]*\n$/);
  });
}

Deno.test("--recipe names network and settings, and evaluate knows them", async () => {
  await using folder = await task();
  const weights = folder.file("run-weights");
  const { code, stdout } = await run(
    ...["train", ...folder.options("run"), "--recipe", "best"],
    ...["--epochs", "1", "--augment", "shift=0.1"],
  );
  assertEquals(code, 0);
  assertMatch(stdout, /^WiderConvolutionalNeuralNetwork\(/m);
  const { settings } = await readCheckpoint(folder.file("run"));
  assertEquals(settings, {
    ...recipeSettings("best"),
    epochs: 1,
    batchSize: 10,
    augment: { shift: 0.1 },
  });
  for (const file of [weights, folder.file("run"), folder.file("run.best")]) {
    const { metadata } = await readSafetensors(file);
    assertEquals([metadata.recipe, metadata.seed], ["best", "0"]);
    const data = ["--data", folder.path, "--device", "cpu"];
    const evaluated = await run("evaluate", "--model", file, ...data);
    const epoch = stdout.match(/val_loss: \S+, val_acc: \S+/)![0];
    assertEquals([evaluated.code, evaluated.stdout.split("\n")[0]], [0, epoch]);
  }
  const summary = await run("summary", "--recipe", "best", "--json");
  assertEquals(JSON.parse(summary.stdout).parameters, 153754);
  const resume = ["--resume", folder.file("run"), "--recipe", "fast"];
  const other = await run("train", ...folder.options("other"), ...resume);
  assertEquals(other.code, 2);
  assertMatch(
    other.stderr,
    /recipe of a training that goes on: expected "best"/,
  );
});

Deno.test("--network mlp is trained, gone on with, measured and printed", async () => {
  await using folder = await task();
  const checkpoint = folder.file("run");
  const options = [...folder.options("run"), "--network", "mlp"];
  const trained = await run("train", ...options, "--epochs", "1");
  assertEquals(trained.code, 0);
  assertMatch(trained.stdout, /^MultilayerPerceptron\(/m);
  const resume = ["--resume", checkpoint, "--epochs", "2"];
  const resumed = await run("train", ...folder.options("run"), ...resume);
  assertMatch(resumed.stdout, /^\[Epoch +2\/ +2\]/m);
  const file = folder.file("run-weights");
  const { metadata } = await readSafetensors(file);
  assertEquals([metadata.recipe, metadata.network], ["notebook", "mlp"]);
  const data = ["--data", folder.path, "--device", "cpu", "--model", file];
  const evaluated = await run("evaluate", ...data);
  const epoch = resumed.stdout.match(/val_loss: \S+, val_acc: \S+/)![0];
  assertEquals([evaluated.code, evaluated.stdout.split("\n")[0]], [0, epoch]);
  const predicted = await run("predict", ...data, "--count", "10");
  assertEquals(predicted.code, 0);
  for (const option of [["--model", file], ["--network", "mlp"]]) {
    const summary = await run("summary", ...option, "--json");
    assertEquals(JSON.parse(summary.stdout).parameters, 397_510);
  }
});

Deno.test("--target-acc stops a training", async () => {
  await using folder = await task();
  const options = [...folder.options("run"), "--epochs", "9"];
  const target = ["--target-acc", "0.01", "--batch-size", "30"];
  const { stderr, stdout } = await run("train", ...options, ...target);
  assertEquals(stdout.match(/\[Epoch/g)?.length, 1);
  assertMatch(stderr, /note: the test images decide when to stop/);
});

Deno.test("a training that diverges writes no weights", async () => {
  await using folder = await task();
  const { options } = folder;
  const diverged = await run("train", ...options("a"), "--lr", "1e10");
  assertEquals(diverged.code, 1);
  assertMatch(
    diverged.stderr,
    /^error: train: .* of epoch 1: expected a finite number, got .* Help: .*\n$/,
  );
  const names = await listing(folder.path);
  assertEquals(names.filter((name) => name.endsWith(".safetensors")), []);
});

Deno.test("weights that are no numbers are refused", async () => {
  await using folder = await task();
  const { file, options } = folder;
  await run("train", ...options("a"), "--epochs", "1");
  const { tensors } = await readSafetensors(file("a-weights"));
  const [[name, weight]] = tensors;
  (weight.data as Float32Array)[3] = NaN;
  await writeSafetensors(file("nan"), tensors);
  const data = ["--device", "cpu", "--data", folder.path];
  for (const command of ["evaluate", "predict"]) {
    const refused = await run(command, "--model", file("nan"), ...data);
    assertEquals(refused.code, 1);
    assertEquals(refused.stdout, "");
    assertMatch(
      refused.stderr,
      new RegExp(`nan.safetensors: ${name}: expected finite .* element 3`),
    );
  }
});

Deno.test({
  name: "a full disk for checkpoint and log stops no training",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = await task();
    const { file, options } = folder;
    await Deno.symlink("/dev/full", file("a"));
    const log = ["--log-json", "/dev/full"];
    const full = await run("train", ...options("a"), ...log, "--epochs", "2");
    assertEquals(full.code, 1);
    const because = "got a full disk\\. Help: Free space on the disk, .*\\.";
    const [checkpoint, device] = [
      `cannot write ${file("a")}`,
      "cannot write /dev/full",
    ];
    const kept = "error: the weights are saved, but not";
    assertMatch(
      full.stderr,
      new RegExp([
        `^error: ${checkpoint}: ${because} The training goes on\\.`,
        `error: ${device}: ${because} The training goes on\\.`,
        `${kept} /dev/full: ${device}: ${because}`,
        `${kept} ${file("a")}: ${checkpoint}: ${because}\n$`,
      ].join("\n")),
    );
    assertMatch(full.stdout, /Epoch {3}2\/ {2}2/);
    const evaluated = await run(
      ...["evaluate", "--model", file("a-weights"), "--data", folder.path],
    );
    assertEquals(evaluated.code, 0);
  },
});
