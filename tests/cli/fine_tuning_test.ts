import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { readWeights } from "../../src/formats/weights.ts";
import { readCheckpoint } from "../../src/training/mod.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";
import { run, writeDigits } from "./_program.ts";

needs(import.meta.url, "read", "run", "write");

Deno.test("train --init --freeze --reset, and --resume knows of it", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const file = (name: string) => join(folder.path, `${name}.safetensors`);
  const options = (name: string) => [
    ...["train", "--data", folder.path, "--device", "cpu", "--no-report"],
    ...["--checkpoint", file(name), "--out", file(`${name}-weights`)],
  ];
  const init = goldenPath("pytorch_trained.pth");
  const tune = [
    ...["--init", init, "--freeze", "layer1,layer2.0", "--freeze"],
    ...["layer2.1", "--reset", "fc", "--epochs", "1", "--batch-size", "10"],
  ];
  const { code, stderr, stdout } = await run(...options("a"), ...tune);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^init: \S+pytorch_trained\.pth$/m);
  assertMatch(
    stdout,
    /^frozen: layer1, layer2\.0, layer2\.1 \(13,344 of 29,034 parameters\)$/m,
  );
  const { settings } = await readCheckpoint(file("a"));
  const freeze = ["layer1", "layer2.0", "layer2.1"];
  assertEquals([settings.freeze, settings.reset], [freeze, ["fc"]]);
  const resume = ["--resume", file("a"), "--epochs", "2"];
  assertEquals((await run(...options("a"), ...resume)).code, 0);
  const before = (await readWeights(init)).tensors;
  const after = (await readWeights(file("a-weights"))).tensors;
  for (const [name, { data }] of after) {
    const isKept = String(data) === String(before.get(name)!.data);
    assertEquals(isKept, !name.startsWith("fc."), name);
  }
});

Deno.test("wrong calls of fine-tuning are told before anything is opened", async () => {
  await using folder = await temporaryFolder();
  const weights = "examples/models/mnist-cnn.safetensors";
  const both = goldenPath("pytorch_network.pth");
  const wrong: [status: number, args: string[], message: RegExp][] = [
    [2, ["--freeze", "layr1"], /got layr1\. Help: Did you mean layer1\?/],
    [2, ["--freeze"], /--freeze needs one value/],
    [2, ["--freeze", "layer1,layer2,fc"], /got all of it: layer1, layer2, fc/],
    [2, ["--reset", "fc"], /reset: expected weights to start from/],
    [2, ["--key", "ema"], /key: expected weights to start from/],
    [1, ["--init", "none.pth"], /cannot read none\.pth: got no such file/],
    [1, ["--init", "README.md"], /README\.md: expected weights: /],
    [1, ["--init", both, "--key", "ema"], /expected one that is called ema/],
    [2, ["--init", weights, "--freeze", "layer3"], /layer2\.3, fc, got layer3/],
  ];
  for (const [status, args, message] of wrong) {
    const data = ["--data", join(folder.path, "none")];
    const { code, stderr, stdout } = await run("train", ...data, ...args);
    assertEquals([code, stdout], [status, ""], args.join(" "));
    assertMatch(stderr, message);
    assertMatch(stderr, /^error: [^\n]* Help: [^\n]*\n$/);
  }
});

Deno.test("weights of other classes name both shapes", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const { code, stderr } = await run(
    ...["train", "--data", folder.path, "--device", "cpu", "--classes", "12"],
    ...["--init", goldenPath("pytorch_network.pth"), "--epochs", "1"],
    ...["--no-report", "--checkpoint-every", "0"],
    ...["--out", join(folder.path, "out.safetensors")],
  );
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /pth: fc\.weight: expected the shape \[12, 1568\], .*, got \[10, 1568\]\. Help: --reset fc leaves out/,
  );
});
