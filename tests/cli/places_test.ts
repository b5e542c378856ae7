import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DataError } from "../../src/base/errors.ts";
import { newFolder } from "../../src/cli/_run.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

const calls: [name: string, args: (folder: string) => string[], RegExp][] = [
  [
    "weights and report",
    (folder) => ["--out", `${folder}/x.pth`, "--report", `${folder}/x.pth`],
    /--out and --report are one file: /,
  ],
  [
    "weights and checkpoint, by two paths",
    (folder) => [
      ...["--out", `${folder}/x.npz`],
      ...["--checkpoint", `${folder}/../${folder.split("/").at(-1)}/x.npz`],
    ],
    /--out and --checkpoint are one file: .* and /,
  ],
  [
    "log and plot",
    (folder) => ["--log-json", `${folder}/x.png`, "--plot", `${folder}/x.png`],
    /--log-json and --plot are one file/,
  ],
  [
    "both logs",
    (folder) => ["--log-json", `${folder}/l`, "--log-csv", `${folder}/l`],
    /--log-json and --log-csv are one file/,
  ],
  [
    "the log and a table of the data",
    (folder) => ["--log-csv", `${folder}/train.csv`],
    /--data and --log-csv are one file/,
  ],
  [
    "weights and the best ones",
    (folder) => [
      ...["--checkpoint", `${folder}/c.safetensors`],
      ...["--out", `${folder}/c.best.safetensors`],
    ],
    /--out and the best weights beside --checkpoint are one file/,
  ],
  [
    "the log and a file of the data, through a link",
    (folder) => ["--log-json", `${folder}/link`],
    /--data and --log-json are one file: .*labels.* and .*link/,
  ],
  [
    "weights and the checkpoint to resume",
    (folder) => [
      ...["--resume", `${folder}/c.safetensors`],
      ...["--out", `${folder}/c.safetensors`],
    ],
    /--resume and --out are one file/,
  ],
];

Deno.test("files of a training that are one file are refused", async (t) => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const labels = join(folder.path, "t10k-labels-idx1-ubyte");
  await Deno.symlink(labels, join(folder.path, "link"));
  await Deno.writeTextFile(join(folder.path, "train.csv"), "label");
  const before = await listing(folder.path);
  for (const [name, args, message] of calls) {
    await t.step(name, async () => {
      const { code, stderr, stdout } = await run(
        ...["train", "--data", folder.path, "--device", "cpu"],
        ...args(folder.path),
      );
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, message);
      assertMatch(stderr, /^error: train: [^\n]+ Help: [^\n]+\n$/);
    });
  }
  assertEquals(await listing(folder.path), before);
});

Deno.test("convert does not write over what it reads", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "weights.pth");
  await Deno.copyFile(goldenPath("pytorch_trained.pth"), path);
  const before = await Deno.readFile(path);
  const { code, stderr } = await run("convert", path, path);
  assertEquals(code, 2);
  assertMatch(stderr, /FROM and TO are one file/);
  assertEquals(await Deno.readFile(path), before);
});

Deno.test("runs that start in one second have a folder each", async () => {
  await using folder = await temporaryFolder();
  const here = Deno.cwd();
  Deno.chdir(folder.path);
  try {
    const made = await Promise.all([newFolder(), newFolder(), newFolder()]);
    assertEquals(new Set(made).size, 3);
    assertEquals((await listing(join(folder.path, "runs"))).length, 3);
  } finally {
    Deno.chdir(here);
  }
});

Deno.test("where no run's folder can be made, --run is named", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "runs"), "");
  const here = Deno.cwd();
  Deno.chdir(folder.path);
  try {
    await assertRejects(
      () => newFolder(),
      DataError,
      "cannot make folder runs for what the run leaves: got ",
    );
    const { message } = await newFolder("sweep-").catch((error) => error);
    assertMatch(
      message,
      /Help: Name a folder that you may write: --run DIR\.$/,
    );
  } finally {
    Deno.chdir(here);
  }
});
