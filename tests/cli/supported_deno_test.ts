import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

// What must work on every supported version of Deno: `.ci/run` runs this file
// on the oldest one too, whose WebGPU is too old for the library.

Deno.test("doctor finds nothing wrong", async () => {
  const { code, stderr, stdout } = await run("doctor", "--seconds", "0");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /\ncpu \(.*\): self-test passed/);
  assertMatch(stdout, /\nauto takes \w+ \(.*\): /);
});

/** All that is told beside results: which weights were used. */
const weightsNote = /^note: weights are \S+ of \d{4}-\d\d-\d\d, val_acc \S+\n$/;

Deno.test("train, evaluate and predict run on what auto takes", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const model = join(folder.path, "model.safetensors");
  const data = ["--data", folder.path];
  const trained = await run(
    ...["train", ...data, "--epochs", "1", "--batch-size", "10"],
    ...["--out", model, "--checkpoint", join(folder.path, "checkpoint")],
    ...["--report", join(folder.path, "report.html")],
  );
  assertEquals([trained.code, trained.stderr], [0, ""]);
  assertMatch(trained.stdout, /^device: \w+ \(.*\): /m);
  assertMatch(trained.stdout, /^\[Epoch {3}1\/ {2}1\] loss: \d/m);
  const evaluated = await run("evaluate", ...data, "--model", model);
  assertEquals(evaluated.code, 0);
  assertMatch(evaluated.stderr, weightsNote);
  assertMatch(evaluated.stdout, /val_acc: \d/);
  const count = ["--count", "10"];
  const predicted = await run("predict", ...data, "--model", model, ...count);
  assertEquals(predicted.code, 0);
  assertMatch(predicted.stderr, weightsNote);
  assertMatch(predicted.stdout, /^\[\d( \d){9}\]/m);
});

Deno.test("webgpu computes, or says in one line what it lacks", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const { code, stderr } = await run(
    ...["predict", "--data", folder.path, "--count", "10"],
    ...["--device", "webgpu"],
  );
  if (code === 0) return;
  assertEquals(code, 1);
  const lines = stderr.trimEnd().split("\n")
    .filter((line) => !line.startsWith("note: "));
  assertEquals(lines.length, 1, stderr);
  assert(lines[0].startsWith("error: webgpu: expected "), stderr);
  assertMatch(lines[0], /\. Help: .*`--device cpu`\.$/);
});
