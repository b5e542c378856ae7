import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { readCheckpoint } from "../../src/training/mod.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { program, run, writeDigits } from "./_program.ts";

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

/** Starts a training and sends `Ctrl-C` after its first epoch. */
async function interrupted(args: string[], times: number) {
  const child = program("train", ...args).spawn();
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const before = stdout;
    stdout += text;
    const first = /\[Epoch/.test(stdout) && !/\[Epoch/.test(before);
    for (let sent = 0; first && sent < times; sent++) child.kill("SIGINT");
  }
  const stderr = await new Response(child.stderr).text();
  const { code } = await child.status;
  return { code, stderr };
}

Deno.test("Ctrl-C leaves a checkpoint from which all goes on", async () => {
  await using folder = await task();
  const { file, options } = folder;
  const endless = [...options("parts"), "--epochs", "1000"];
  const stopped = await interrupted(endless, 1);
  assertEquals(stopped.code, 130);
  assertMatch(
    stopped.stderr,
    /^stopping after this step; .*\ngo on with --resume \S+\n$/,
  );
  const { history } = await readCheckpoint(file("parts"));
  assert(history.length >= 1 && history.length < 1000);
  const epochs = ["--epochs", String(history.length + 1)];
  const resume = ["--resume", file("parts")];
  await run("train", ...options("parts"), ...resume, ...epochs);
  await run("train", ...options("whole"), ...epochs);
  assertEquals(
    await Deno.readFile(file("parts")),
    await Deno.readFile(file("whole")),
  );
});

Deno.test("Ctrl-C twice stops at once, and no file is half there", async () => {
  await using folder = await task();
  const { file, options } = folder;
  const endless = [...options("run"), "--epochs", "1000"];
  const { code } = await interrupted(endless, 2);
  assertEquals(code, 130);
  assert((await readCheckpoint(file("run"))).history.length >= 1);
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
  ]);
  const none = join(folder.path, "runs", "none");
  const every = ["--checkpoint-every", "0", "--run", none];
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
