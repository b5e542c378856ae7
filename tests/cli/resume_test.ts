import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { readCheckpoint } from "../../src/training/mod.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import { interrupted } from "./_interrupted.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

/** What a training may keep in its head, in as few trainings as it takes. */
const everything: string[][] = [
  [
    ...["--schedule", "one-cycle", "--optimizer", "adamw", "--epochs", "10"],
    ...["--augment", "rotate=10,shift=0.1,scale=0.1,elastic=30,erase=0.5"],
    ...["--weight-decay", "0.01", "--clip-grad-norm", "1"],
  ],
  [
    ...["--schedule", "cosine", "--warmup", "0.5", "--epochs", "10"],
    ...["--patience", "10", "--val-fraction", "0.2"],
    ...["--label-smoothing", "0.1", "--seed", "4"],
  ],
  ["--recipe", "best", "--epochs", "4"],
];
for (const options of everything) {
  Deno.test(`Ctrl-C and --resume change no byte of ${options.join(" ")}`, async () => {
    await using folder = await temporaryFolder();
    await writeDigits(folder.path, 120, 20);
    const file = (name: string) => join(folder.path, `${name}.safetensors`);
    const common = (name: string) => [
      ...["--data", folder.path, "--device", "cpu", "--no-report"],
      ...["--checkpoint", file(name), "--out", file(`${name}-weights`)],
    ];
    const settings = [...options, "--batch-size", "10"];
    const whole = await run("train", ...common("whole"), ...settings);
    assertEquals([whole.code, whole.stderr], [0, ""]);
    const parts = common("parts");
    const stopped = await interrupted([...parts, ...settings], 1);
    assertEquals(stopped.code, 130);
    const { history, settings: { epochs } } = await readCheckpoint(
      file("parts"),
    );
    assert(history.length < epochs, "stopped before its end");
    const resumed = await run("train", ...parts, "--resume", file("parts"));
    assertEquals([resumed.code, resumed.stderr], [0, ""]);
    for (const name of ["", "-weights", ".best"]) {
      assertEquals(
        await Deno.readFile(file(`parts${name}`)),
        await Deno.readFile(file(`whole${name}`)),
      );
    }
  });
}

Deno.test("the logs of a training that goes on have all of it", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 240, 20);
  const at = (name: string) => join(folder.path, name);
  const common = (name: string) => [
    ...["--data", folder.path, "--device", "cpu", "--no-report"],
    ...["--checkpoint", at(`${name}.safetensors`), "--out", at(`${name}.npz`)],
    ...["--log-csv", at(`${name}.csv`), "--log-json", at(`${name}.json`)],
  ];
  const rows = async (name: string) => {
    const text = await Deno.readTextFile(at(`${name}.csv`));
    const lines = text.trimEnd().split("\n").map((line) => line.split(","));
    // All but times, which a checkpoint has not.
    return lines.map((cells) => cells.slice(0, 8));
  };
  const small = ["--batch-size", "10"];
  const epochs = (count: number) => ["--epochs", String(count)];
  await run("train", ...common("whole"), ...small, ...epochs(3));
  await run("train", ...common("parts"), ...small, ...epochs(1));
  const resume = ["--resume", at("parts.safetensors"), ...epochs(3)];
  const resumed = await run("train", ...common("parts"), ...resume, "--force");
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
  const whole = await rows("whole");
  assertEquals(await rows("parts"), whole);
  assertEquals(
    whole[0].join(),
    "epoch,step,loss_step,loss,acc,val_loss,val_acc,lr",
  );
  // Of 24 steps an epoch: every 20, the last one, and the epoch.
  assertEquals(
    whole.slice(1, 5).map((
      [epoch, step, , loss],
    ) => [epoch, step, loss === ""]),
    [["1", "20", true], ["1", "24", true], ["1", "24", false], [
      "2",
      "44",
      true,
    ]],
  );
  const logged = (await Deno.readTextFile(at("parts.json"))).trimEnd();
  assertEquals(
    logged.split("\n").map((line) => JSON.parse(line).epoch),
    [1, 2, 3],
  );
  // One that begins anew has nothing of another's.
  await run("train", ...common("parts"), ...small, ...epochs(1), "--force");
  assertEquals(await rows("parts"), whole.slice(0, 4));
});

Deno.test("what cannot be resumed is told before anything is opened", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const missing = join(folder.path, "none.safetensors");
  const weights = "examples/models/mnist-cnn.safetensors";
  for (
    const [file, message] of [
      [missing, /^error: cannot read \S+none\.safetensors: got no such file/],
      [weights, /expected a checkpoint of a training, got .* without a/],
      [
        goldenPath("pytorch_network.pth"),
        /expected a checkpoint of a training, got .* without a/,
      ],
      ["README.md", /README\.md: expected weights: .*, got something else/],
    ] as const
  ) {
    const options = ["--data", data, "--run", folder.path, "--resume", file];
    const { code, stderr, stdout } = await run("train", ...options);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, message);
    assertMatch(stderr, /^error: [^\n]* Help: [^\n]*\n$/);
  }
  assertEquals(await listing(folder.path), []);
});

Deno.test("--resume refuses other data than the checkpoint's", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const checkpoint = join(folder.path, "run.safetensors");
  const out = join(folder.path, "weights.safetensors");
  const options = [
    ...["--device", "cpu", "--no-report", "--batch-size", "10"],
    ...["--out", out, "--data"],
  ];
  await run(
    ...["train", "--epochs", "1", "--checkpoint", checkpoint],
    ...[...options, folder.path],
  );
  const other = join(folder.path, "other");
  await Deno.mkdir(other);
  await writeDigits(other, 40, 20);
  const resume = ["train", "--resume", checkpoint, "--epochs", "2"];
  const before = await Deno.readFile(checkpoint);
  const { code, stderr } = await run(...resume, ...options, other);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: train: training data of a training that goes on: expected the checkpoint's, 30 rows of \[1, 28, 28\], 10 classes, checksum \w+, got 40 rows of [^\n]* Help: [^\n]*\n$/,
  );
  assertEquals(await Deno.readFile(checkpoint), before);
  assertEquals((await run(...resume, ...options, folder.path)).code, 0);
});
