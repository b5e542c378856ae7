import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

/** A folder with data and the options of a training of two short epochs. */
async function task() {
  const folder = await temporaryFolder();
  await writeDigits(folder.path, 20, 10);
  const weights = join(folder.path, "weights.safetensors");
  const data = ["--data", folder.path, "--device", "cpu"];
  const options = [
    ...[...data, "--epochs", "2", "--batch-size", "10", "--threads", "1"],
    ...["--run", join(folder.path, "run"), "--out", weights],
  ];
  return { ...folder, data, options, weights };
}

Deno.test("train --json prints a JSON object per epoch and nothing else", async () => {
  await using folder = await task();
  const log = join(folder.path, "log.json");
  const { code, stderr, stdout } = await run(
    ...["train", ...folder.options, "--seed", "7", "--json"],
    ...["--log-json", log],
  );
  assertEquals([code, stderr], [0, ""]);
  assertEquals(await Deno.readTextFile(log), stdout);
  const epochs = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(epochs.map(({ epoch }) => epoch), [1, 2]);
  assertEquals(Object.keys(epochs[0]), [
    "schema",
    "epoch",
    "loss",
    "acc",
    "lr",
    "val_loss",
    "val_acc",
    "train_seconds",
    "eval_seconds",
    "images_per_second",
    "seed",
    "device",
  ]);
  assertEquals([epochs[1].lr, epochs[1].seed], [0.01, 7]);
});

Deno.test("train --quiet prints nothing, but still its errors", async () => {
  await using folder = await task();
  const { code, stderr, stdout } = await run(
    ...["train", ...folder.options, "--quiet"],
  );
  assertEquals([code, stderr, stdout], [0, "", ""]);
  assertEquals((await Deno.stat(folder.weights)).isFile, true);
  const failed = await run(
    ...["train", ...folder.options, "--lr", "1e30", "--quiet"],
  );
  assertEquals([failed.code, failed.stdout], [1, ""]);
  assertMatch(failed.stderr, /^error: train: loss in epoch 1[^\n]*Help: .*\n$/);
});

Deno.test("--verbose tells device, data and times on stderr", async () => {
  await using folder = await task();
  const verbose = "--verbose";
  const trained = await run("train", ...folder.options, verbose);
  assertMatch(trained.stdout, /^device: cpu \(1 thread, .*: as asked for\n/);
  assertEquals(/trained/.test(trained.stdout), false);
  assertMatch(trained.stderr, /^device opened in \d+\.\d\d s\ndata read in /);
  assertMatch(
    trained.stderr,
    /\nsettings: recipe notebook, network cnn, epochs 2, batch-size 10, /,
  );
  assertMatch(
    trained.stderr,
    /\nepoch 2: trained \d+\.\d\d s, \d+ images\/s, .* lr 0\.01\n/,
  );
  assertMatch(trained.stderr, /\nall done in \d+\.\d\d s\n$/);

  const json = await run("train", ...folder.options, verbose, "--json");
  assertEquals(json.stdout.trim().split("\n").length, 2);
  assertMatch(json.stderr, /^device: cpu \(1 thread/);
  assertMatch(json.stderr, new RegExp(`\ndata: ${folder.path}\n`));

  for (const command of ["evaluate", "predict"]) {
    const { stderr, stdout } = await run(
      ...[command, ...folder.data, "--model", folder.weights, verbose],
    );
    assertMatch(
      stderr,
      /^device: cpu \(.*: as asked for\nnote: weights are .*\ndata: .*\nall done/,
    );
    assertEquals(/device/.test(stdout), false);
  }
});

Deno.test("--quiet --verbose is a wrong call", async () => {
  const { code, stderr } = await run("train", "--quiet", "--verbose");
  assertEquals(code, 2);
  assertMatch(stderr, /^error: train: --quiet does not go with --verbose\. H/);
});
