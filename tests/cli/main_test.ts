import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { writeIdx } from "../../src/data/idx.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const root = new URL("../../", import.meta.url);

async function run(...args: string[]) {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--unstable-webgpu", "-A", "src/cli/main.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** A data set of ten easy classes: a bright row each. */
async function writeDigits(folder: string): Promise<void> {
  for (const [name, count] of [["train", 200], ["t10k", 100]] as const) {
    const images = new Uint8Array(count * 784);
    const labels = Uint8Array.from({ length: count }, (_, row) => row % 10);
    for (const [row, label] of labels.entries()) {
      images.fill(255, row * 784 + label * 56, row * 784 + label * 56 + 56);
    }
    const files = {
      [`${name}-images-idx3-ubyte`]: writeIdx({
        dtype: "u8",
        shape: [count, 28, 28],
        data: images,
      }),
      [`${name}-labels-idx1-ubyte`]: writeIdx({
        dtype: "u8",
        shape: [count],
        data: labels,
      }),
    };
    for (const [file, bytes] of Object.entries(files)) {
      await Deno.writeFile(join(folder, file), bytes);
    }
  }
}

Deno.test("train, evaluate and predict work one after another", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const model = join(folder.path, "model.safetensors");
  const log = join(folder.path, "log.json");
  const common = ["--data", folder.path, "--device", "cpu"];
  const options = [...common, "--epochs", "2", "--out", model];
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
  await run("train", ...common, "--epochs", "2", "--out", again);
  assertEquals(await Deno.readFile(again), await Deno.readFile(model));

  const measured = await run("evaluate", ...common, "--model", model, "--json");
  const { accuracy, images } = JSON.parse(measured.stdout);
  assertEquals(images, 100);
  assertEquals(accuracy, JSON.parse(epochs[1]).val_acc);

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

const wrong: [name: string, args: string[], code: number, message: RegExp][] = [
  ["an unknown command", ["fly"], 2, /command: expected train/],
  ["an unknown option", ["train", "--fast"], 2, /unknown argument --fast/],
  ["a wrong number", ["train", "--epochs", "x"], 2, /--epochs: expected/],
  ["an unknown device", ["train", "--device", "tpu"], 2, /expected auto/],
  ["a missing file", ["evaluate", "--model", "/none"], 1, /cannot read/],
];
for (const [name, args, code, message] of wrong) {
  Deno.test(`${name} is one line and exit status ${code}`, async () => {
    const result = await run(...args);
    assertEquals(result.code, code);
    assertMatch(result.stderr, message);
    assertMatch(result.stderr, /^error: [^\n]* Help: [^\n]*\n$/);
  });
}

for (const command of ["train", "evaluate", "predict"]) {
  Deno.test(`${command} --help explains the options`, async () => {
    const { code, stdout } = await run(command, "--help");
    assertEquals(code, 0);
    assertMatch(stdout, new RegExp(`Usage: deno task ${command}`));
  });
}
