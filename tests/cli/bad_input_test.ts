import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

/** Ways to spoil a data set, and what the message must name. */
const spoilt: [
  name: string,
  file: string,
  spoil: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
  message: RegExp,
][] = [
  [
    "images cut short",
    "train-images-idx3-ubyte",
    (bytes) => bytes.slice(0, 5000),
    /train-images-idx3-ubyte: elements: expected 156800 bytes .* got 4984/,
  ],
  [
    "images that are no IDX file",
    "train-images-idx3-ubyte",
    (bytes) => bytes.with(0, 1),
    /train-images-idx3-ubyte: not an IDX file/,
  ],
  [
    "fewer labels than images",
    "train-labels-idx1-ubyte",
    (bytes) => bytes.with(7, 199).slice(0, -1),
    /do not belong together: .* got 200 images and 199 labels/,
  ],
  [
    "a label out of range",
    "train-labels-idx1-ubyte",
    (bytes) => bytes.with(8 + 92, 77),
    /train-labels-idx1-ubyte: label of row 92: .* from 0 to 9, got 77/,
  ],
  [
    "an empty file",
    "t10k-images-idx3-ubyte",
    () => new Uint8Array(),
    /t10k-images-idx3-ubyte/,
  ],
];
for (const [name, file, spoil, message] of spoilt) {
  Deno.test(`${name}: one line, and nothing is written`, async () => {
    await using folder = await temporaryFolder();
    await writeDigits(folder.path);
    const path = join(folder.path, file);
    await Deno.writeFile(path, spoil(await Deno.readFile(path)));
    const before = await listing(folder.path);
    // A run's folder is made for training alone.
    const runFolder = ["--checkpoint-every", "1", "--run", `${path}.run`];
    const result = await train(folder.path, ...runFolder);
    assertEquals(result.code, 1);
    assertMatch(result.stderr, message);
    assertMatch(result.stderr, /^error: [^\n]* Help: [^\n]*\n$/);
    assertEquals(await listing(folder.path), before);
  });
}

Deno.test("a loss that is no number ends the training and writes no weights", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const result = await train(folder.path, "--lr", "1e30");
  assertEquals(result.code, 1);
  assertMatch(result.stderr, /^error: train: loss in epoch 1, [^\n]* got NaN/);
  assertEquals((await listing(folder.path)).includes("out.safetensors"), false);
});

const weights: [
  name: string,
  spoil: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
][] = [
  ["cut short", (bytes) => bytes.slice(0, 1000)],
  ["of another kind", () => new TextEncoder().encode("hello, I am no weights")],
  ["without a layer's weight", (bytes) => rename(bytes, "fc.weight")],
  ["of another shape", (bytes) => replace(bytes, "[10,1568]", "[14,1120]")],
];
Deno.test("weights that do not fit are one line", async (t) => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  assertEquals((await train(folder.path)).code, 0);
  const good = join(folder.path, "out.safetensors");
  for (const [name, spoil] of weights) {
    await t.step(name, async () => {
      const bad = join(folder.path, "bad.safetensors");
      await Deno.writeFile(bad, spoil(await Deno.readFile(good)));
      const options = ["--device", "cpu", "--data", folder.path];
      const result = await run("evaluate", ...options, "--model", bad);
      assertEquals(result.code, 1);
      assertMatch(result.stderr, /^error: [^\n]* Help: [^\n]*\n$/);
      assertMatch(result.stderr, /bad\.safetensors/);
    });
  }
});

function train(folder: string, ...options: string[]) {
  const files = ["--data", folder, "--out", join(folder, "out.safetensors")];
  const rest = ["--device", "cpu", "--epochs", "1", "--checkpoint-every", "0"];
  return run("train", ...files, ...rest, ...options);
}

function rename(bytes: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  return replace(bytes, name, name.replaceAll(/[a-z]/g, "x"));
}

/** Replaces text in the header by text of the same length. */
function replace(
  bytes: Uint8Array,
  from: string,
  to: string,
): Uint8Array<ArrayBuffer> {
  assertEquals(from.length, to.length);
  const start = new DataView(bytes.buffer).getUint32(0, true) + 8;
  const header = new TextDecoder().decode(bytes.subarray(8, start));
  assertMatch(header, new RegExp(from.replaceAll(/[[\].]/g, "\\$&")));
  const changed = bytes.slice();
  changed.set(new TextEncoder().encode(header.replace(from, to)), 8);
  return changed;
}
