import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { readWeights } from "../../src/formats/weights.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";
import { run, writeDigits } from "./_program.ts";

needs(import.meta.url, "env", "net", "read", "run", "sys", "write");

/** Two data sets, and a training on one of them into a file. */
async function task(ending: string) {
  const folder = await temporaryFolder();
  const data = async (name: string, rows: number) => {
    const path = join(folder.path, name);
    await Deno.mkdir(path);
    await writeDigits(path, rows, 20);
    return path;
  };
  const [one, other] = [await data("one", 40), await data("other", 41)];
  const out = join(folder.path, `weights${ending}`);
  const train = (...args: string[]) =>
    run(
      ...["train", "--device", "cpu", "--no-report", "--batch-size", "10"],
      ...["--checkpoint-every", "0", "--out", out, "--data", one, ...args],
    );
  const weights = async () =>
    (await listing(folder.path)).filter((name) => name.startsWith("weights"));
  return { ...folder, one, other, out, train, weights };
}

for (const ending of [".safetensors", ".pth", ".npz", ".onnx"]) {
  Deno.test(`weights that measured better are kept: ${ending}`, async () => {
    await using folder = await task(ending);
    const { out, train, weights } = folder;
    assertEquals((await train("--epochs", "4")).stderr, "");
    const good = await Deno.readFile(out);
    const { val_acc, epoch } = (await readWeights(out)).metadata;
    assertEquals(epoch, "4");
    // As good as those: the same training again.
    assertEquals((await train("--epochs", "4")).stderr, "");
    assertEquals(await weights(), [`weights${ending}`]);

    const quick = await train("--epochs", "1", "--limit", "10");
    assertEquals(quick.code, 0);
    const reached = quick.stdout.match(/val_acc: (\S+)/)![1];
    assert(Number(reached) < Number(val_acc));
    const beside = `weights.acc-${reached}${ending}`;
    const kept = Number(val_acc).toFixed(5);
    assertEquals(
      quick.stderr,
      `note: ${out} is kept: its val_acc is ${kept}, that of the new weights ` +
        `${reached}; --force overwrites it\n`,
    );
    assertEquals(
      quick.stdout.trim().split("\n").at(-1),
      `saved ${join(folder.path, beside)}`,
    );
    assertEquals(await Deno.readFile(out), good);
    assertEquals(await weights(), [beside, `weights${ending}`].sort());

    const forced = await train("--epochs", "1", "--limit", "10", "--force");
    assertEquals([forced.code, forced.stderr], [0, ""]);
    assertEquals((await readWeights(out)).metadata.epoch, "1");
    // Better ones take their place.
    assertEquals((await train("--epochs", "4")).stderr, "");
    assertEquals(await Deno.readFile(out), good);
  });
}

Deno.test("weights of other data are not compared, and not lost", async () => {
  await using folder = await task(".safetensors");
  const { one, other, out, train, weights } = folder;
  await Deno.writeFile(out, new Uint8Array());
  assertEquals((await train("--epochs", "1")).stderr, "", "an empty file");
  const first = await Deno.readFile(out);
  const reasons: [args: string[], reason: RegExp][] = [
    // The same test images are the same measure.
    [["--epochs", "3", "--data", other, "--val-fraction", "0.5"], /other data/],
    [["--epochs", "3", "--classes", "12"], /it was measured on other data/],
  ];
  for (const [args, reason] of reasons) {
    const { code, stderr } = await train(...args);
    assertEquals(code, 0);
    assertMatch(stderr, reason);
    assertEquals(await Deno.readFile(out), first);
  }
  assertEquals((await weights()).length, 3);
  const unknown = join(folder.path, "weights.pth");
  await Deno.copyFile("tests/golden/pytorch_network.pth", unknown);
  const own = ["--epochs", "1", "--data", one, "--out", unknown];
  assertMatch((await train(...own)).stderr, /nothing tells how good it is/);
  await Deno.writeTextFile(unknown, "These are my notes.");
  assertMatch((await train(...own)).stderr, /kept: it cannot be read; --force/);
  assertEquals(await Deno.readTextFile(unknown), "These are my notes.");
});

Deno.test("each of --seeds keeps what was better", async () => {
  await using folder = await task(".safetensors");
  const { train, weights } = folder;
  await train("--epochs", "4", "--seeds", "1,2");
  const quick = ["--epochs", "1", "--limit", "10", "--seeds", "2,3"];
  const { stderr } = await train(...quick);
  assertMatch(stderr, /^note: \S+weights\.seed-2\.safetensors is kept: .*\n$/);
  const names = await weights();
  assertEquals(names.length, 4);
  assertEquals(
    names.map((name) => name.replace(/acc-0\.\d{5}/, "acc")).sort(),
    [
      "weights.seed-1.safetensors",
      "weights.seed-2.acc.safetensors",
      "weights.seed-2.safetensors",
      "weights.seed-3.safetensors",
    ],
  );
});

Deno.test("evaluate and predict say how good their weights are, and of when", async () => {
  await using folder = await task(".safetensors");
  const { one, out, train } = folder;
  const { stdout } = await train("--epochs", "1");
  const accuracy = stdout.match(/val_acc: (\S+)/)![1];
  await Deno.utime(out, 0, 86_400);
  const options = ["--data", one, "--device", "cpu", "--model", out];
  for (const command of ["evaluate", "predict"]) {
    const told = await run(command, ...options);
    assertEquals(
      told.stderr,
      `note: weights are ${out} of 1970-01-02, val_acc ${accuracy}\n`,
    );
    const json = await run(command, ...options, "--json");
    assertEquals(json.stderr, "");
    assertEquals(JSON.parse(json.stdout).weights, {
      file: out,
      date: "1970-01-02",
      val_acc: Number(accuracy),
    });
  }
});
