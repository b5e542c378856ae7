import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { readWeights } from "../../src/formats/weights.ts";
import { cardOf } from "../../src/models/mod.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runHere } from "./_main.ts";
import { root, run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "env", "read", "run", "write");

const shippedPath = "examples/models/mnist-cnn.safetensors";

Deno.test("train, evaluate and predict work one after another", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const model = join(folder.path, "model.safetensors");
  const log = join(folder.path, "log.json");
  const common = ["--data", folder.path, "--device", "cpu"];
  const trains = [...common, "--run", folder.path, "--epochs", "2"];
  const options = [...trains, "--out", model];
  const trained = await run("train", ...options, "--log-json", log);
  assertEquals(trained.stderr, "");
  assertEquals(trained.code, 0);
  assertMatch(
    trained.stdout,
    /\n\[Epoch {3}2\/ {2}2\] loss: \d\.\d{5} val_loss: \d\.\d{5}, val_acc: \d\.\d{5}\n/,
  );
  const epochs = (await Deno.readTextFile(log)).trim().split("\n");
  assertEquals(epochs.map((line) => JSON.parse(line).epoch), [1, 2]);

  const again = join(folder.path, "again.safetensors");
  await run("train", ...trains, "--out", again);
  assertEquals(await Deno.readFile(again), await Deno.readFile(model));

  const measured = await run("evaluate", ...common, "--model", model, "--json");
  const { calibration, images, val_acc } = JSON.parse(measured.stdout);
  assertEquals(images, 100);
  assertEquals(val_acc, JSON.parse(epochs[1]).val_acc);
  const { temperature } = cardOf((await readWeights(model)).metadata);
  assertEquals(calibration.temperature, temperature ?? 1);
  const shipped = ["--model", shippedPath];
  const told = await run("evaluate", ...common, ...shipped);
  assertMatch(
    told.stdout,
    /\ncalibration_error: \d\.\d{5} at temperature 1\.825, \d\.\d{5} at 1\n$/,
  );

  const count = ["--count", "12", "--json"];
  const first = await run("predict", ...common, "--model", model, ...count);
  const { labels, logits, predictions } = JSON.parse(first.stdout);
  assertEquals(labels, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  assertEquals(predictions.length, 12);
  assertEquals(logits.length, 12);
  assertEquals(logits[0].length, 10);
  const second = await run("predict", ...common, "--model", model, ...count);
  assertEquals(second.stdout, first.stdout);
});

// In this process, which takes milliseconds; other tests start the program.
const wrong: [name: string, args: string[], code: number, message: RegExp][] = [
  ["an unknown command", ["fly"], 2, /got fly\. Help: deno task cli --help/],
  ["an unknown option", ["train", "--fast"], 2, /unknown argument --fast/],
  [
    "a misspelt option",
    ["train", "--epoch=3"],
    2,
    /unknown argument --epoch\. Help: Did you mean --epochs\? See deno task/,
  ],
  ["a misspelt command", ["trian"], 2, /Help: Did you mean train\? See deno/],
  [
    "a stray word",
    ["evaluate", "digits"],
    2,
    /unknown argument digits\. Help: d/,
  ],
  ["no epochs", ["train", "--epochs", "0"], 2, /of at least 1, got 0/],
  ["no value", ["train", "--epochs"], 2, /--epochs needs one value/],
  ["a batch of letters", ["train", "--batch-size", "abc"], 2, /got abc/],
  ["a wrong number", ["train", "--epochs", "x"], 2, /--epochs: expected/],
  ["a negative number", ["train", "--lr", "-1"], 2, /above 0, got -1\./],
  ["a limit of nothing", ["train", "--limit", "0"], 2, /--limit: expected/],
  [
    "no place for the weights",
    ["train", "--out", "/none/x.npz"],
    1,
    /cannot write/,
  ],
  ["no threads", ["predict", "--threads", "0"], 2, /--threads: expected/],
  ["an unknown device", ["train", "--device", "tpu"], 2, /expected auto/],
  ["a misspelt device", ["train", "--device", "webpgu"], 2, /mean webgpu\?/],
  ["a misspelt word", ["train", "--optimizer", "admw"], 2, /mean adamw\?/],
  ["a misspelt change", ["train", "--augment", "rotat=1"], 2, /mean rotate\?/],
  ["a misspelt ending", ["convert", "a", "b.safetensor"], 2, /.safetensors\?/],
  ["no ending", ["convert", "a", "b"], 2, /\.safetensors.*, got b\./],
  ["two programs", ["bundle", "a.ts", "b.ts"], 2, /expected one PROGRAM/],
  ["no file", ["inspect"], 2, /inspect: FILE is missing/],
  ["a file too many", ["inspect", "a", "b"], 2, /unknown argument b/],
  ["an unknown format", ["convert", "a", "b.onn"], 2, /got b\.onn/],
  [
    "a missing file",
    ["evaluate", "--device", "cpu", "--model", "/none"],
    1,
    /cannot read/,
  ],
];
for (const [name, args, code, message] of wrong) {
  Deno.test(`${name} is one line and exit status ${code}`, async () => {
    const result = await runHere(...args);
    assertEquals(result.code, code);
    assertMatch(result.stderr, message);
    assertMatch(result.stderr, /^error: [^\n]* Help: [^\n]*\n$/);
  });
}

for (
  const command of [
    "train",
    "evaluate",
    "predict",
    "serve",
    "site",
    "bundle",
    "data",
    "summary",
    "convert",
    "inspect",
    "doctor",
  ]
) {
  Deno.test(`${command} --help explains the options`, async () => {
    const { code, stdout } = await runHere(command, "--help");
    assertEquals(code, 0);
    assertMatch(stdout, new RegExp(`Usage: deno task ${command}`));
    assertEquals((await runHere(command, "-h")).stdout, stdout);
  });
}

Deno.test("--help lists the commands and the exit statuses", async () => {
  const { code, stdout } = await run("--help");
  assertEquals(code, 0);
  assertEquals((await run("-h")).stdout, stdout);
  for (const name of ["train", "predict", "doctor"]) {
    assertMatch(stdout, new RegExp(`\\n  ${name} +[A-Z]`));
  }
  assertMatch(stdout, /Exit status: 0 .*, 1 .*, 2 [^]*130 Ctrl-C/);
});

Deno.test("--version prints that of deno.json", async () => {
  const { name, version } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const { code, stdout } = await run("--version");
  assertEquals([code, stdout], [0, `${name} ${version}\n`]);
});

Deno.test("a permission that is missing is one line that names it", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const data = ["--data", folder.path];
  for (
    const args of [
      ["data", ...data],
      ["evaluate", ...data],
      ["predict", "digit.png"],
      ["train", ...data, "--device", "cpu"],
      ["inspect", "weights.safetensors"],
    ]
  ) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--unstable-webgpu", "--no-prompt"]
        .concat("src/cli/mod.ts", args),
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stderr);
    assertEquals(code, 1);
    assertMatch(text, /^error: [^\n]*the --allow-\w+ flag\. Help: [^\n]*\n$/);
  }
});
