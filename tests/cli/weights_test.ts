import { assertEquals, assertMatch } from "@std/assert";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import { readWeights } from "../../src/formats/weights.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

Deno.test("evaluate and predict take PyTorch's .pth", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const model = goldenPath("pytorch_network.pth");
  const common = ["--data", folder.path, "--device", "cpu", "--model", model];
  const measured = await run("evaluate", ...common, "--json");
  assertEquals(measured.stderr, "");
  const predicted = await run("predict", ...common, "--json");
  const { labels, predictions } = JSON.parse(predicted.stdout);
  const right = labels.filter((label: number, row: number) =>
    label === predictions[row]
  );
  assertEquals(JSON.parse(measured.stdout).val_acc, right.length / 100);
});

Deno.test("a file that would execute code is refused in one line", async () => {
  const model = goldenPath("pytorch_evil.pth");
  const { code, stderr, stdout } = await run("evaluate", "--model", model);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^error: .*\.eval"\. Help: Nothing was executed\..*\n$/);
});

Deno.test("what is no file of weights is one line that says what it is", async (t) => {
  await using folder = await temporaryFolder();
  const whole = await Deno.readFile(network);
  const files: [name: string, bytes: Uint8Array, message: RegExp][] = [
    ["empty.pth", new Uint8Array(), /expected weights: .*, got an empty file/],
    [
      "notes.txt",
      new TextEncoder().encode("These are my notes."),
      /notes\.txt: expected weights: .*, got something else/,
    ],
    ["half.pth", whole.slice(0, whole.length / 2), /half\.pth: /],
    ["four.pt", whole.slice(0, 4), /four\.pt: /],
    [
      "module.pth",
      await Deno.readFile(goldenPath("pytorch_module.pth")),
      /got "torch\.nn\.modules\.linear\.Linear"\. Help: Nothing was executed/,
    ],
  ];
  for (const [name, bytes, message] of files) {
    const path = `${folder.path}/${name}`;
    await Deno.writeFile(path, bytes);
    for (
      const command of [
        ["inspect", path],
        ["convert", path, `${path}.npz`],
        ["evaluate", "--device", "cpu", "--model", path],
      ]
    ) {
      await t.step(`${name}: ${command[0]}`, async () => {
        const { code, stderr, stdout } = await run(...command);
        assertEquals([code, stdout], [1, ""]);
        assertMatch(stderr, message);
        assertMatch(stderr, /^error: [^\n]* Help: [^\n]*\n$/);
      });
    }
  }
});

Deno.test("weights within a checkpoint of PyTorch are found", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const { tensors } = await readWeights(network);
  const options = ["--data", folder.path, "--device", "cpu"];
  const plain = await run("evaluate", ...options, "--model", network);
  const path = `${folder.path}/checkpoint.safetensors`;
  const inside = [...tensors].map(([name, tensor]) =>
    [`model_state_dict.module.${name}`, tensor] as const
  );
  const moment = tensors.get("fc.bias")!;
  const others = [["optimizer_state_dict.state.9.exp_avg", moment]] as const;
  await writeSafetensors(path, [...inside, ...others]);
  assertEquals(await run("evaluate", ...options, "--model", path), plain);
  // Two of them: nobody knows which is meant.
  const second = inside.map(([name, tensor]) =>
    [`ema.${name}`, tensor] as const
  );
  await writeSafetensors(path, [...inside, ...second]);
  const both = await run("evaluate", ...options, "--model", path);
  assertEquals(both.code, 1);
  assertMatch(
    both.stderr,
    /got model_state_dict\.module, ema\.model_state_dict\.module\. Help: /,
  );
});

const network = goldenPath("pytorch_network.pth");

Deno.test("inspect lists keys, types, shapes and metadata", async () => {
  const { stderr, stdout } = await run("inspect", network);
  assertEquals(stderr, "");
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.slice(0, 3).map((line) => line.split(/ {2,}/)), [
    ["pytorch: 16 tensors, 29,132 elements"],
    ["key", "dtype", "shape"],
    ["layer1.0.weight", "F32", "[16, 1, 5, 5]"],
  ]);
  assertEquals(lines.length, 18);
  const checkpoint = await run("inspect", goldenPath("pytorch_checkpoint.pth"));
  assertMatch(checkpoint.stdout, /\nmetadata\nepoch: 3\n/);
});

Deno.test("inspect --stats measures, and JSON has the same", async () => {
  const views = goldenPath("pytorch_views.pth");
  const text = await run("inspect", "--stats", views);
  assertMatch(text.stdout, /\nf64 +F64 +\[6\] +-2\.5 +Infinity +Infinity +1\n/);
  assertMatch(text.stdout, /\nempty +F32 +\[0, 3\] +- +- +- +0\n/);
  const { stdout } = await run("inspect", "--stats", "--json", views);
  const { format, tensors } = JSON.parse(stdout);
  assertEquals(format, "pytorch");
  assertEquals(tensors.find(({ name }: { name: string }) => name === "f16"), {
    name: "f16",
    dtype: "F16",
    shape: [6],
    min: -2.5,
    max: "Infinity",
    mean: "Infinity",
    nan_count: 1,
  });
  const whole = tensors.find(({ name }: { name: string }) => name === "whole");
  // 0, 1/8, … 23/8.
  assertEquals([whole.min, whole.max, whole.mean], [0, 23 / 8, 23 / 16]);
});

Deno.test("convert goes from .pth over npz to safetensors, and back", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => `${folder.path}/${name}`;
  const steps = [
    [network, path("a.safetensors")],
    [path("a.safetensors"), path("b.npz")],
    [path("b.npz"), path("c.safetensors")],
  ];
  for (const [from, to] of steps) {
    const { code, stderr, stdout } = await run("convert", from, to, "--json");
    assertEquals([code, stderr], [0, ""]);
    assertEquals(JSON.parse(stdout).tensors, 16);
  }
  const { tensors } = await readWeights(network);
  for (const name of ["a.safetensors", "b.npz", "c.safetensors"]) {
    assertEquals((await readWeights(path(name))).tensors, tensors);
  }
});

Deno.test("convert takes metadata along, and says what has no room", async () => {
  await using folder = await temporaryFolder();
  const checkpoint = goldenPath("pytorch_checkpoint.pth");
  for (const name of ["a.safetensors", "a.npz", "a.pth"]) {
    const to = `${folder.path}/${name}`;
    assertEquals((await run("convert", checkpoint, to)).stderr, "");
    assertEquals((await readWeights(to)).metadata.epoch, "3");
  }
  const long = `${folder.path}/long.safetensors`;
  const metadata = { note: "n".repeat(2 ** 16) };
  await writeSafetensors(long, [], metadata);
  const npz = await run("convert", long, `${folder.path}/long.npz`);
  assertEquals(npz.stderr, "note: metadata left out: 1 entries\n");
});

Deno.test("the ending of a path decides the format, another is refused", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const from = goldenPath("pytorch_trained.pth");
  for (const ending of ["safetensors", "npz", "pth", "pt"]) {
    const to = `${folder.path}/weights.${ending}`;
    assertEquals((await run("convert", from, to)).code, 0);
    const { format, tensors } = await readWeights(to);
    assertEquals(format, ending.startsWith("pt") ? "pytorch" : ending);
    assertEquals(tensors, (await readWeights(from)).tensors);
  }
  const onnx = `${folder.path}/network.onnx`;
  assertEquals((await run("convert", from, onnx)).code, 0);
  const start = (await Deno.readFile(onnx)).subarray(0, 4);
  assertEquals([...start], [0x08, 7, 0x12, 12], "version, and who wrote it");
  const other = await run("convert", from, `${folder.path}/weights.bin`);
  assertEquals([other.code, other.stdout], [2, ""]);
  assertMatch(other.stderr, /TO: expected a name that ends in .*, got .*bin/);

  const out = `${folder.path}/trained`;
  const train = ["train", "--data", folder.path, "--device", "cpu"]
    .concat(["--epochs", "1", "--run", `${folder.path}/run`, "--no-report"]);
  const refused = await run(...train, "--out", `${out}.weights`);
  assertEquals([refused.code, refused.stdout], [2, ""]);
  assertMatch(refused.stderr, /--out: expected a name that ends in /);
  assertEquals((await run(...train, "--out", `${out}.pth`)).code, 0);
  assertEquals((await readWeights(`${out}.pth`)).format, "pytorch");
  assertEquals((await run(...train, "--out", `${out}.onnx`)).code, 0);
  assertEquals((await Deno.stat(`${out}.onnx`)).size > 4 * 29_034, true);
});

Deno.test("--key chooses one of several state dictionaries", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const { tensors } = await readWeights(goldenPath("pytorch_trained.pth"));
  const both = ["model", "model_ema"].flatMap((key) =>
    [...tensors].map(([name, tensor]) => [`${key}.${name}`, tensor] as const)
  );
  const model = `${folder.path}/both.safetensors`;
  await writeSafetensors(model, both);
  const evaluate = ["evaluate", "--data", folder.path, "--device", "cpu"]
    .concat(["--model", model]);
  const unnamed = await run(...evaluate);
  assertEquals(unnamed.code, 1);
  assertMatch(unnamed.stderr, /got model, model_ema\. Help: .*`--key NAME`/);
  const named = await run(...evaluate, "--key", "model_ema");
  assertEquals([named.code, named.stderr], [0, ""]);
  const one = `${folder.path}/one.npz`;
  await run("convert", model, one, "--key", "model_ema");
  assertEquals((await readWeights(one)).tensors, tensors);
});
