import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { decode } from "npm:fast-png@8.0.0";
import { writeIdx } from "../../src/formats/idx.ts";
import { readWeights } from "../../src/formats/weights.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { hasTerminal, inTerminal } from "./_terminal.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

Deno.test("data prints sizes and labels and draws the batch", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const png = join(folder.path, "batch.png");
  const options = ["--data", folder.path, "--png", png];
  const { code, stderr, stdout } = await run("data", ...options);
  assertEquals(code, 0);
  // Two bright rows of 28.
  assertEquals(
    stderr,
    `${folder.path}: every file is whole\n--normalize 0.0714,0.2575\n`,
  );
  const lines = stdout.replace(/\n$/, "").split("\n");
  const { labels } = JSON.parse(
    (await run("data", ...options, "--json")).stdout,
  );
  assertEquals(lines.slice(0, 7), [
    "data.shape :  28 28",
    "train_data :  200",
    "test_data :  100",
    "train_loader :  2",
    "test_loader :  1",
    "images :  [100, 1, 28, 28]",
    `labels[:10] :  [${labels.slice(0, 10).join(", ")}]`,
  ]);
  // 291 × 291 pixels in the 200 columns of a line, and half as many lines.
  const drawing = lines.slice(7);
  assertEquals(drawing.length, 100);
  assertEquals(drawing.every((line) => [...line].length === 200), true);

  // Every class has two bright rows of its own, at twice its label.
  const image = decode(await Deno.readFile(png));
  assertEquals([image.width, image.height, image.channels], [291, 291, 1]);
  for (const [at, label] of labels.entries()) {
    const [row, column] = [Math.floor(at / 10), at % 10];
    const pixel = (y: number) =>
      image.data[(1 + row * 29 + y) * 291 + 1 + column * 29];
    assertEquals(pixel(2 * label), 255);
    assertEquals(pixel((2 * label + 2) % 28), 0);
  }
});

Deno.test("data draws within given columns, and JSON instead", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const options = ["--data", folder.path, "--count", "20"];
  const drawn = await run("data", ...options, "--columns", "60");
  const lines = drawn.stdout.replace(/\n$/, "").split("\n").slice(7);
  assertEquals(lines.every((line) => [...line].length === 60), true);
  assertEquals(lines.length, 6); // 59 rows, 60 / 291 as high, two in a line.
  const { stdout } = await run("data", ...options, "--json");
  const { labels, mean, std, ...sizes } = JSON.parse(stdout);
  assertAlmostEquals(mean[0], 2 / 28);
  assertAlmostEquals(std[0], Math.sqrt(2 * 26) / 28);
  assertEquals(labels.length, 20);
  assertEquals(sizes, {
    source: folder.path,
    is_mnist: false,
    schema: 1,
    channels: 1,
    height: 28,
    width: 28,
    train: 200,
    test: 100,
    classes: 10,
  });
});

Deno.test({
  name: "data draws greys in a terminal, and none with NO_COLOR",
  ignore: !hasTerminal,
  async fn() {
    await using folder = await temporaryFolder();
    await writeDigits(folder.path, 20, 10);
    const args = ["data", "--data", folder.path, "--count", "10"];
    const grey = await inTerminal(args);
    assertMatch(grey.screen, /␛\[38;2;(\d+);\1;\1;/);
    const plain = await inTerminal(args, { color: false });
    assertEquals(plain.screen.includes("␛"), false);
    // As wide as the terminal.
    const lines = plain.screen.trimEnd().split("\r\n");
    assertEquals([...lines.at(-1)!].length, 100);
    const piped = await inTerminal([...args, "| cat"]);
    assertEquals(piped.screen.includes("␛"), false);
  },
});

/** Letters as EMNIST has them: its names of files, and labels from 1 on. */
async function writeLetters(folder: string): Promise<void> {
  for (const [part, count] of [["train", 52], ["test", 26]] as const) {
    const images = new Uint8Array(count * 784);
    const labels = Uint8Array.from({ length: count }, (_, row) => row % 26 + 1);
    for (const [row, label] of labels.entries()) {
      images.fill(255, row * 784 + label * 28, row * 784 + label * 28 + 28);
    }
    const name = join(folder, `emnist-letters-${part}`);
    const shape = [count, 28, 28];
    await Deno.writeFile(
      `${name}-images-idx3-ubyte`,
      writeIdx({ dtype: "u8", shape, data: images }),
    );
    await Deno.writeFile(
      `${name}-labels-idx1-ubyte`,
      writeIdx({ dtype: "u8", shape: [count], data: labels }),
    );
  }
}

Deno.test("26 letters are trained, measured and predicted", async () => {
  await using folder = await temporaryFolder();
  await writeLetters(folder.path);
  const out = join(folder.path, "letters.safetensors");
  const common = ["--data", folder.path];
  const wrong = await run("data", ...common, "--first-label", "0");
  assertEquals(wrong.code, 1);
  assertMatch(wrong.stderr, /from 0 to 25, got 26\. Help: .*--first-label/);

  const letters = [...common, "--device", "cpu"];
  const trained = await run(
    ...["train", ...letters, "--epochs", "1"],
    ...["--out", out, "--run", folder.path],
  );
  assertEquals([trained.code, trained.stderr], [0, ""]);
  const { tensors } = await readWeights(out);
  assertEquals(tensors.get("fc.weight")!.shape, [26, 1568]);
  const options = [...letters, "--model", out, "--json"];
  const measured = await run("evaluate", ...options);
  assertEquals(JSON.parse(measured.stdout).images, 26);
  const predicted = await run("predict", ...options);
  assertEquals(JSON.parse(predicted.stdout).labels.at(-1), "z");
  const counted = await run("predict", ...options, "--first-label", "1");
  assertEquals(JSON.parse(counted.stdout).labels.at(-1), 26);
  const bare = ["--data", folder.path, "--model", out, "--device", "cpu"];
  assertEquals(
    (await run("evaluate", ...bare, "--json")).stdout,
    measured.stdout,
  );
  const other = await run("evaluate", ...options, "--classes", "27");
  assertEquals(other.code, 1);
  assertMatch(other.stderr, /size mismatch for fc\.weight/);
});
