/** Data sets of other sizes, formats and classes, from training to prediction. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encode } from "npm:fast-png@8.0.0";
import { join } from "@std/path";
import { writeIdx } from "../../src/formats/idx.ts";
import { writeNpz } from "../../src/formats/npz.ts";
import { readWeights } from "../../src/formats/weights.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

const cpu = ["--device", "cpu"];

/** Images of classes that a bright row tells apart. */
function rows(
  count: number,
  [height, width]: readonly [number, number],
  classes: number,
) {
  const images = new Uint8Array(count * height * width);
  const labels = Uint8Array.from({ length: count }, (_, row) => row % classes);
  for (const [row, label] of labels.entries()) {
    const start = (row * height + label) * width;
    images.fill(255, start, start + width);
  }
  return { images, labels };
}

Deno.test("a folder without a data set is refused, and stays as it is", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "notes.txt"), "none");
  for (const command of ["train", "data", "evaluate", "predict"]) {
    const { code, stderr } = await run(command, "--data", folder.path);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /expected a folder with a data set.*pictures.*got notes\.txt/,
    );
  }
  const typing = await run("train", "--data", join(folder.path, "dtaa"));
  assertEquals(typing.code, 1);
  assertMatch(typing.stderr, /got no such folder/);
  assertEquals(await listing(folder.path), ["notes.txt"]);
  const named = await run("data", "--dataset", "fashion_mnist");
  assertEquals(named.code, 1);
  assertMatch(named.stderr, /Did you mean fashion-mnist\?/);
  const both = await run("data", "--dataset", "x/y", "--data", folder.path);
  assertEquals(both.code, 2);
});

Deno.test("16 × 16 images are trained on, and fit no weights of 28 × 28", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "small.safetensors");
  for (const part of ["train", "t10k"]) {
    const { images, labels } = rows(60, [16, 16], 10);
    await Deno.writeFile(
      join(folder.path, `${part}-images.idx3-ubyte`),
      writeIdx({ dtype: "u8", shape: [60, 16, 16], data: images }),
    );
    await Deno.writeFile(
      join(folder.path, `${part}-labels.idx1-ubyte`),
      writeIdx({ dtype: "u8", shape: [60], data: labels }),
    );
  }
  const common = ["--data", folder.path, ...cpu];
  for (const network of ["cnn", "wider-cnn", "mlp"]) {
    const trained = await run(
      ...["train", ...common, "--epochs", "1", "--network", network],
      ...["--out", out, "--run", folder.path, "--no-report", "--force"],
    );
    assertEquals([trained.code, trained.stderr], [0, ""]);
    const measured = await run("evaluate", ...common, "--model", out, "--json");
    assertEquals(JSON.parse(measured.stdout).images, 60);
  }
  const { metadata } = await readWeights(out);
  assertEquals(metadata.input_shape, "1,16,16");
  const summary = await run("summary", "--model", out);
  assertEquals(summary.code, 0);
  // Digits in pictures are read as 28 × 28.
  for (const [command, ...rest] of [["predict", out], ["serve"]]) {
    const wrong = await run(command, ...rest, ...cpu, "--model", out);
    assertEquals([wrong.code, wrong.stdout], [1, ""]);
    assertMatch(
      wrong.stderr,
      /weights: expected those .* 1 × 28 × 28 pixels.*got 1 × 16 × 16.*Help: /,
    );
  }

  const digits = join(folder.path, "digits");
  await Deno.mkdir(digits);
  await writeDigits(digits, 20, 10);
  const big = join(folder.path, "big.safetensors");
  const trained = await run(
    ...["train", "--data", digits, ...cpu, "--epochs", "1"],
    ...["--out", big, "--run", folder.path, "--no-report"],
  );
  assertEquals(trained.code, 0);
  for (const command of ["evaluate", "predict"]) {
    const wrong = await run(command, ...common, "--model", big);
    assertEquals(wrong.code, 1);
    assertMatch(
      wrong.stderr,
      /images do not fit the weights: expected 28 × 28 pixels, got 16 × 16 pixels\. Help: /,
    );
  }
});

Deno.test("colours of 32 × 32 pixels come from Keras's archive", async () => {
  await using folder = await temporaryFolder();
  const { images, labels } = rows(40, [32, 32 * 3], 10);
  const out = join(folder.path, "colours.safetensors");
  await writeNpz(join(folder.path, "cifar10.npz"), [
    ["x_train", { dtype: "U8", shape: [40, 32, 32, 3], data: images }],
    ["y_train", { dtype: "U8", shape: [40, 1], data: labels }],
    ["x_test", { dtype: "U8", shape: [40, 32, 32, 3], data: images }],
    ["y_test", { dtype: "U8", shape: [40, 1], data: labels }],
  ]);
  const common = ["--data", folder.path];
  const seen = await run("data", ...common, "--count", "10", "--json");
  const { channels, height, width } = JSON.parse(seen.stdout);
  assertEquals([channels, height, width], [3, 32, 32]);
  assertEquals((await run("data", ...common, "--columns", "80")).code, 0);
  const trained = await run(
    ...["train", ...common, ...cpu, "--epochs", "1"],
    ...["--out", out, "--run", folder.path],
    ...["--normalize", "0.49,0.48,0.44,0.25,0.24,0.26"],
  );
  assertEquals([trained.code, trained.stderr], [0, ""]);
  const { metadata, tensors } = await readWeights(out);
  assertEquals(metadata.normalize, "0.49,0.48,0.44,0.25,0.24,0.26");
  assertEquals(tensors.get("layer1.0.weight")!.shape, [16, 3, 5, 5]);
  assertEquals(tensors.get("fc.weight")!.shape, [10, 2048]);
  const options = [...common, ...cpu, "--model", out, "--json"];
  const measured = await run("evaluate", ...options);
  const { val_loss: loss } = JSON.parse(measured.stdout);
  assertStringIncludes(trained.stdout, `val_loss: ${loss.toFixed(5)}`);
  const report = await Deno.readTextFile(join(folder.path, "report.html"));
  assertMatch(report, /<figure><img src="data:image/);

  const archive = join(folder.path, "cifar10.npz");
  for (const option of ["--data", "--dataset"]) {
    const same = await run("train", option, archive, "--out", archive);
    assertEquals(same.code, 2);
    assertStringIncludes(same.stderr, `${option} and --out are one file`);
  }
});

Deno.test("held-out rows need no test images", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 40, 10);
  for (const kind of ["images-idx3", "labels-idx1"]) {
    await Deno.remove(join(folder.path, `t10k-${kind}-ubyte`));
  }
  const common = ["--data", folder.path, ...cpu, "--epochs", "1"];
  const options = [...common, "--run", folder.path, "--no-report"];
  const out = join(folder.path, "model.npz");
  const without = await run("train", ...options, "--out", out);
  assertEquals(without.code, 1);
  assertMatch(
    without.stderr,
    /its data set is not whole: expected t10k-images/,
  );
  const held = await run(
    ...["train", ...options, "--out", out, "--val-fraction", "0.2"],
  );
  assertEquals([held.code, held.stderr], [0, ""]);
  assertMatch(held.stdout, /train_data: 32\nval_data: 8\n/);
});

Deno.test("names of classes go with the weights into every output", async () => {
  await using folder = await temporaryFolder();
  const pictures = join(folder.path, "pictures");
  for (const [label, name] of ["cat", "dog"].entries()) {
    await Deno.mkdir(join(pictures, name), { recursive: true });
    for (let row = 0; row < 20; row++) {
      const data = new Uint8Array(784);
      data.fill(255, (4 + 12 * label) * 28, (10 + 12 * label) * 28);
      data[row] = 255;
      const png = encode({ width: 28, height: 28, channels: 1, data });
      await Deno.writeFile(join(pictures, name, `${row}.png`), png);
    }
  }
  const out = join(folder.path, "pets.safetensors");
  const trained = await run(
    ...["train", "--data", pictures, ...cpu, "--epochs", "10"],
    ...["--out", out, "--run", folder.path],
  );
  assertEquals([trained.code, trained.stderr], [0, ""]);
  const { metadata, tensors } = await readWeights(out);
  assertEquals(metadata.class_names, '["cat","dog"]');
  assertEquals(tensors.get("fc.weight")!.shape[0], 2);
  const report = await Deno.readTextFile(join(folder.path, "report.html"));
  assertMatch(report, /<th scope="row">dog<\/th>/);

  const options = ["--data", pictures, ...cpu, "--model", out];
  const json = JSON.parse((await run("predict", ...options, "--json")).stdout);
  assertEquals(new Set(json.labels), new Set(["cat", "dog"]));
  assertEquals(json.predictions, json.labels);
  const text = await run("predict", ...options, "--logits");
  assertMatch(
    text.stdout,
    /^\[(cat|dog), (cat|dog), (cat|dog), (cat|dog)\]\n(cat|dog): /,
  );
  // Weights whose classes are in another order number the labels.
  const turned = join(folder.path, "turned.npz");
  await writeNpz(turned, tensors, { class_names: '["dog","cat"]' });
  const other = ["--data", pictures, ...cpu, "--model", turned, "--json"];
  const again = JSON.parse((await run("predict", ...other)).stdout);
  assertEquals(again.labels, json.labels);

  const file = join(pictures, "dog", "3.png");
  const seen = await run("predict", file, "--model", out, ...cpu);
  assertMatch(seen.stdout, /3\.png: (cat|dog) [\d.]+ %; top 2: /);
});

Deno.test("labels from 1 on are printed so, for pictures too", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 20, 10);
  const data = rows(28, [28, 1], 1).images;
  const file = join(folder.path, "one.png");
  const ink = new Uint8Array(784);
  for (let y = 4; y < 24; y++) ink[y * 28 + 14] = 255;
  assertEquals(data.length, 784);
  await Deno.writeFile(
    file,
    encode({ width: 28, height: 28, channels: 1, data: ink }),
  );
  const plain = await run("predict", file, ...cpu, "--json");
  const counted = await run(
    ...["predict", file, ...cpu, "--json", "--first-label", "1"],
  );
  const [first, second] = [plain, counted].map(({ stdout }) =>
    JSON.parse(stdout).pictures[0]
  );
  assertEquals(second.digit, first.digit + 1);
  assertEquals(second.top[1].digit, first.top[1].digit + 1);
});

Deno.test("normalisation goes with the weights", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 100, 50);
  const out = join(folder.path, "model.safetensors");
  const common = ["--data", folder.path, ...cpu];
  const trained = await run(
    ...["train", ...common, "--epochs", "1", "--json", "--out", out],
    ...["--run", folder.path, "--normalize", "0.1307,0.3081"],
  );
  assertEquals([trained.code, trained.stderr], [0, ""]);
  const { metadata, tensors } = await readWeights(out);
  assertEquals(metadata.normalize, "0.1307,0.3081");
  const { val_loss } = JSON.parse(trained.stdout);
  const lossOf = async (...options: string[]) =>
    JSON.parse((await run("evaluate", ...common, "--json", ...options)).stdout)
      .val_loss;
  const close = (a: number, b: number) => Math.abs(a - b) < 1e-6;
  assertEquals(close(await lossOf("--model", out), val_loss), true);

  // In every format: as the comment of an archive, too.
  for (const name of ["model.pth", "model.npz"]) {
    const to = join(folder.path, name);
    assertEquals((await run("convert", out, to)).code, 0);
    assertEquals(close(await lossOf("--model", to), val_loss), true);
  }

  // Weights from outside do not say so.
  const outside = join(folder.path, "outside.npz");
  await writeNpz(outside, tensors);
  const bare = await lossOf("--model", outside);
  assertEquals(close(bare, val_loss), false);
  const given = ["--model", outside, "--normalize", "0.1307,0.3081"];
  assertEquals(close(await lossOf(...given), val_loss), true);
  const wrong = await run("evaluate", ...common, "--normalize", "0.1");
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "--normalize: expected mean and standard");
});

Deno.test("Kaggle's test images without labels are predicted", async () => {
  await using folder = await temporaryFolder();
  const line = (label: number[], row: number) => {
    const pixels = new Array(784).fill(0);
    pixels.fill(255, (row % 10) * 56, (row % 10) * 56 + 56);
    return [...label, ...pixels].join(",");
  };
  const table = (count: number, isLabelled: boolean) =>
    Array.from(
      { length: count },
      (_, row) => line(isLabelled ? [row % 10] : [], row),
    ).join("\n");
  await Deno.writeTextFile(join(folder.path, "train.csv"), table(30, true));
  await Deno.writeTextFile(join(folder.path, "test.csv"), table(7, false));
  const out = join(folder.path, "model.safetensors");
  const common = ["--data", folder.path, ...cpu];
  const trained = await run(
    ...["train", ...common, "--epochs", "1", "--out", out],
    ...["--run", folder.path],
  );
  assertEquals([trained.code, trained.stderr], [0, ""]);
  assertMatch(trained.stdout, /train_data: 27\ntest_data: 3\n/);
  const predicted = await run("predict", ...common, "--model", out, "--json");
  const { labels, predictions } = JSON.parse(predicted.stdout);
  assertEquals([labels, predictions.length], [undefined, 7]);
  const text = await run("predict", ...common, "--model", out);
  assertMatch(text.stdout, /^\[(\d ?){7}\]\n$/);
});
