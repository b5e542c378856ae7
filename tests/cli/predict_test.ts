import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { encodePng, readDigit } from "../../src/digits/mod.ts";
import { asBmp, asJpeg, asPgm, asPng, pictureOf } from "../digits/_pictures.ts";
import { scenes } from "../digits/_scenes.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { root, run, taskIn, writeDigits } from "./_program.ts";
import { hasTerminal, inTerminal } from "./_terminal.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "env", "read", "run", "write");

/** A folder with pictures of four digits, one of each format. */
async function pictures() {
  const folder = await temporaryFolder();
  const look = { scale: 5, padding: [10, 3, 25, 16] } as const;
  const light = (x: number, y: number) => 0.35 + 0.6 * x - 0.15 * y * y;
  const photo = { ...look, light, noise: 0.02 };
  const chalk = { ...look, paper: [0, 0.2, 0.1], ink: [1, 1, 0.8] } as const;
  const files = {
    "seven.jpg": asJpeg(pictureOf(testDigit(0), photo)),
    "two.png": asPng(pictureOf(testDigit(1), chalk)),
    "one.bmp": asBmp(pictureOf(testDigit(2), look)),
    "zero.pgm": asPgm(pictureOf(testDigit(3), look)),
  };
  const paths: string[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    paths.push(join(folder.path, name));
    await Deno.writeFile(paths.at(-1)!, bytes);
  }
  return { ...folder, paths };
}

/** Options that the tests run with: nothing of the machine's own. */
const cpu = ["--device", "cpu", "--threads", "1"];

Deno.test("predict FILE… prints digit, probability and the top three", async () => {
  await using folder = await pictures();
  const { code, stderr, stdout } = await run(
    ...["predict", ...cpu, ...folder.paths],
  );
  assertEquals(code, 0);
  assertMatch(stderr, /^note: [^\n]*weights[^\n]*\n$/);
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.length, 4);
  for (const [row, line] of lines.entries()) {
    const percent = String.raw`\d{1,3}\.\d\d %`;
    const guess = String.raw`\d ${percent}`;
    const digit = labels[row];
    assertMatch(
      line.slice(folder.paths[row].length),
      new RegExp(
        `^: ${digit} (${percent}); top 3: ${digit} \\1, ${guess}, ${guess}$`,
      ),
    );
  }
});

Deno.test("predict FILE --json is one object, --show draws the digit", async () => {
  await using folder = await pictures();
  const json = await run("predict", ...cpu, "--json", ...folder.paths);
  const { pictures: found } = JSON.parse(json.stdout);
  assertEquals(
    found.map(({ dark_on_light, digit, file }: Record<string, unknown>) => [
      file,
      digit,
      dark_on_light,
    ]),
    folder.paths.map((path, row) => [path, labels[row], row !== 1]),
  );
  assertEquals(found[0].probabilities.length, 10);
  assertEquals(found[0].top[0], {
    digit: found[0].digit,
    probability: found[0].probability,
  });

  const shown = await run("predict", ...cpu, "--show", folder.paths[0]);
  const drawing = shown.stdout.trimEnd().split("\n").slice(1);
  const { image } = await readDigit(folder.paths[0]);
  const rows = Array.from(
    { length: 28 },
    (_, row) => image.data.subarray(row * 28, (row + 1) * 28),
  ).filter((row) => row.some((value) => value >= 15));
  // What is black at the bottom was cut off with the last line's end.
  const drawn = drawing.filter((line) => /[^ ]/.test(line));
  assertEquals(drawn.length, rows.length);
  assert(drawing.every((line) => /^[ .:\-=+*#%@]*$/.test(line)));
  assertMatch(shown.stdout, /[#%@]{4}/);
});

Deno.test({
  name: "--show draws half blocks of grey where a terminal has colours",
  ignore: !hasTerminal,
  async fn() {
    await using folder = await pictures();
    const { screen } = await inTerminal(
      ["predict", ...cpu, "--show", folder.paths[0]],
    );
    const drawn = screen.split("\r\n").filter((line) => line.includes("▀"));
    assertEquals(drawn.length, 14);
    for (const line of drawn) {
      assertEquals(line.match(/▀/g)!.length, 28);
      assertMatch(line, /^(␛\[38;2;(\d+);\2;\2;48;2;(\d+);\3;\3m▀+)+␛\[0m$/);
    }
  },
});

Deno.test("predict's FILE that is no picture is one line, and the others are read", async () => {
  await using folder = await pictures();
  const text = join(folder.path, "notes.png");
  await Deno.writeTextFile(text, "no picture");
  const cut = join(folder.path, "cut.jpg");
  const whole = await Deno.readFile(folder.paths[0]);
  await Deno.writeFile(cut, whole.subarray(0, whole.length / 2));
  const missing = join(folder.path, "none.png");
  const white = join(folder.path, "white.png");
  const paper = { width: 40, height: 40, data: new Uint8Array(1600).fill(255) };
  await Deno.writeFile(white, await encodePng(paper));
  const scribble = join(folder.path, "scribble.png");
  await Deno.writeFile(scribble, sceneOf("a scribble", 4).png);
  const bad: [path: string, message: RegExp][] = [
    [text, /expected an image: PNG, .* or AVIF, got something else/],
    [cut, /damaged or cut off JPEG/],
    [missing, /cannot read .*none\.png: got no such file/],
    [white, /white\.png: expected one digit, .*, got nothing .*: no digit\. H/],
    [scribble, /scribble\.png: expected a digit, got no digit: .* like \d/],
    [folder.path, /cannot read .*Is a directory/],
  ];
  const files = [folder.paths[1], ...bad.map(([path]) => path)];
  const { code, stderr, stdout } = await run(
    ...["predict", ...cpu, ...files, folder.paths[2]],
  );
  assertEquals(code, 1);
  const seen = stdout.trimEnd().split("\n");
  assertEquals(seen.map((line) => line.split(":")[0]), [
    folder.paths[1],
    folder.paths[2],
  ]);
  const [note, ...errors] = stderr.trimEnd().split("\n");
  assertMatch(note, /^note: the shipped weights are used/);
  assertEquals(errors.length, bad.length);
  for (const [row, [, message]] of bad.entries()) {
    assertMatch(errors[row], message);
    assertMatch(errors[row], /^error: .* Help: .*$/);
  }
  const json = await run(
    ...["predict", ...cpu, "--json", text, folder.paths[1]],
  );
  assertEquals(json.code, 1);
  const { pictures: found } = JSON.parse(json.stdout);
  assertMatch(found[0].error, /notes\.png: expected an image/);
  assertEquals([found[0].file, found[1].number], [text, "2"]);
});

/** A drawn scene with the first test digits, as PNG. */
function sceneOf(name: string, seed: number) {
  let row = 0;
  const [make] = scenes[name];
  const { picture, text } = make(seed, () => ({
    pixels: testDigit(row),
    label: labels[row++],
  }));
  return { png: asPng(picture), text };
}

Deno.test("predict prints the digits of a picture as a number", async () => {
  await using folder = await temporaryFolder();
  const one = sceneOf("several digits", 2);
  assertEquals(one.text, "7210");
  const two = sceneOf("several digits", 3);
  assertEquals(two.text, "7210414959");
  const paths = ["one", "two"].map((name) => join(folder.path, `${name}.png`));
  await Deno.writeFile(paths[0], one.png);
  await Deno.writeFile(paths[1], two.png);
  const { code, stdout } = await run("predict", ...cpu, ...paths);
  assertEquals(code, 0);
  const [first, second] = stdout.split("\n");
  assertMatch(first, /one\.png: 7210; digits: 7 \d+\.\d\d %, 2 /);
  assertMatch(second, /two\.png: 72104 14959; digits: /);

  const json = await run("predict", ...cpu, "--json", "--show", paths[0]);
  const [{ digits, number }] = JSON.parse(json.stdout).pictures;
  assertEquals(number, "7210");
  const lefts = digits.map(({ box }: { box: { left: number } }) => box.left);
  assertEquals(lefts, lefts.toSorted((a: number, b: number) => a - b));
  for (const { box, pixels } of digits) {
    assert(box.height > 70 && box.height < 100, `${box.height}`);
    assert(box.top > 40 && box.top < 80, `${box.top}`);
    assertEquals(pixels.length, 784);
  }
  const shown = await run("predict", ...cpu, "--show", paths[0]);
  assertEquals(shown.stdout.match(/^\d: \d+ × \d+ pixels at/gm)?.length, 4);
});

Deno.test("deno task reads paths from where the user stands", async () => {
  await using folder = await temporaryFolder();
  const picture = asPng(pictureOf(testDigit(0), { scale: 4 }));
  await Deno.writeFile(join(folder.path, "my seven.png"), picture);
  const { code, stdout } = await taskIn(
    folder.path,
    "predict",
    ...cpu,
    "my seven.png",
  ).output();
  assertEquals(code, 0);
  assertMatch(new TextDecoder().decode(stdout), /^my seven\.png: 7 \d/);
});

Deno.test("pictures are read on the CPU unless a device is asked for", async () => {
  const nine = join(fromFileUrl(root), "tests", "golden", "nine.gif");
  const { stderr } = await run("predict", nine, "--verbose");
  assertMatch(stderr, /^device: cpu \(.*\): sooner than a GPU$/m);
  const asked = ["--device", "cpu", "--threads", "1"];
  const given = await run("predict", nine, "--verbose", ...asked);
  assertMatch(given.stderr, /^device: cpu \(1 thread.*\): as asked for$/m);
});

Deno.test("predict - reads standard input", async () => {
  const program = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--unstable-webgpu", "--allow-read", "--quiet"],
      ...[new URL("src/cli/mod.ts", root).href, "predict", ...cpu, "-"],
    ],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = program.stdin.getWriter();
  await writer.write(asPng(pictureOf(testDigit(0), { scale: 4 })));
  await writer.close();
  const { code, stdout } = await program.output();
  assertEquals(code, 0);
  assertMatch(new TextDecoder().decode(stdout), /^-: 7 \d+\.\d\d %; top 3: /);
});

const model = goldenPath("pytorch_network.pth");

interface Rows {
  labels: number[];
  logits: number[][];
  predictions: number[];
}

Deno.test("predict --index takes rows as --count does", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const common = [...cpu, "--data", folder.path, "--model", model, "--json"];
  const all: Rows = JSON.parse((await run("predict", ...common)).stdout);
  for (
    const [index, from, to] of [["7", 7, 8], ["5..9", 5, 10], ["0..99", 0, 100]]
  ) {
    const { stdout } = await run("predict", ...common, `--index=${index}`);
    const { labels, logits, predictions }: Rows = JSON.parse(stdout);
    const part = <T>(values: T[]) => values.slice(Number(from), Number(to));
    assertEquals(labels, part(all.labels));
    // A batch of another size may be added up in another order.
    const apart = logits.flat().map((logit: number, at: number) =>
      Math.abs(logit - part(all.logits).flat()[at])
    );
    assertEquals(apart.length, 10 * labels.length);
    assert(Math.max(...apart) < 1e-5);
    assertEquals(predictions, part(all.predictions));
  }
});

Deno.test("predict prints the notebook's rows and its accuracy line", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const common = [...cpu, "--data", folder.path, "--model", model];
  const { stderr, stdout } = await run("predict", ...common, "--index=0..99");
  assertEquals(stderr, "");
  assertMatch(
    stdout,
    /^\[(\d ){36}\d\n (\d ){36}\d\n (\d ){25}\d\]\n val_loss: \d+\.\d{5}, val_acc: 0\.\d{5}\n$/,
  );
  const evaluated = await run("evaluate", ...common, "--json");
  const { val_acc: accuracy, val_loss: loss } = JSON.parse(evaluated.stdout);
  assertMatch(
    stdout,
    new RegExp(`val_loss: ${loss.toFixed(5)}, val_acc: ${accuracy.toFixed(5)}`),
  );
});

Deno.test("weights that a training left here come before the shipped ones", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 200, 10);
  const measure = async () => {
    const { stderr, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--unstable-webgpu", "-A", "--quiet"],
        ...[new URL("src/cli/mod.ts", root).href, "evaluate", ...cpu],
        ...["--data", ".", "--json"],
      ],
      cwd: folder.path,
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return [decoder.decode(stderr), decoder.decode(stdout)];
  };
  const [shippedNote, shipped] = await measure();
  assertMatch(
    shippedNote,
    /^note: the shipped weights are used, val_acc 0\.99090; give [^\n]*\n$/,
  );
  await Deno.copyFile(model, join(folder.path, "mnist-cnn.safetensors"));
  const [ownNote, own] = await measure();
  assertMatch(
    ownNote,
    /^note: weights are mnist-cnn\.safetensors of \d{4}-\d\d-\d\d\n$/,
  );
  assert(shipped !== own);
});

const wrongCalls: [args: string[], message: RegExp][] = [
  [["--count", "3", "a.png"], /--count does not go with FILE a\.png/],
  [["--data=x", "a.png"], /--data does not go with FILE/],
  [["--count", "3", "--index", "1"], /--count does not go with --index/],
  [["--show"], /--show needs a FILE/],
];
for (const [args, message] of wrongCalls) {
  Deno.test(`predict ${args.join(" ")} is a wrong call`, async () => {
    const { code, stderr } = await run("predict", ...args);
    assertEquals(code, 2);
    assertMatch(stderr, message);
  });
}

Deno.test("predict --index out of range is a wrong call", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 20, 10);
  for (const index of ["10", "9..10", "5..4", "1-3"]) {
    const { code, stderr } = await run(
      ...["predict", ...cpu, "--data", folder.path, "--model", model],
      ...["--index", index],
    );
    assertEquals(code, 2);
    assertMatch(stderr, /--index: expected N or FROM\.\.TO up to 9, got /);
  }
});
