import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { join } from "@std/path";
import { decode } from "npm:fast-png@8.0.0";
import {
  evaluate,
  Linear,
  metrics,
  mseLoss,
  TensorDataset,
  train,
} from "../../mod.ts";
import { ShapeError } from "../../src/base/errors.ts";
import { epochLine } from "../../src/cli/_epoch_text.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { predict } from "../../src/training/predict.ts";
import {
  confusionMatrix,
  lossCurves,
  plotHistory,
  plotLosses,
  report,
  type ReportedTraining,
  worstRows,
  writePlot,
  writeReport,
} from "../../src/report/mod.ts";
import { writeLrPlot } from "../../src/report/lr_plot.ts";
import {
  type ReportedSweep,
  writeSweepPage,
} from "../../src/report/sweep_page.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { history, trained } from "./_training.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read", "write");

/** The texts of a table's cells, row by row, without its head. */
function cells(page: string, table: string): string[][] {
  const [, body] = page.split(`<table id="${table}">`);
  const rows = body.split("</table>")[0].split("<tr>").slice(2);
  return rows.map((row) =>
    Array.from(row.matchAll(/<td[^>]*>([^<]*)</g), ([, text]) => text)
  );
}

/** Names and values of the list of settings. */
function facts(page: string): Record<string, string> {
  const [, list] = page.split('<dl class="facts">');
  return Object.fromEntries(
    Array.from(
      list.matchAll(/<dt>([^<]*)<\/dt>\s*<dd>([^<]*)</g),
      ([, name, value]) => [name, value],
    ),
  );
}

/** All images in a page, decoded. */
function images(page: string) {
  return Array.from(
    page.matchAll(/src="data:image\/png;base64,([^"]*)"/g),
    ([, text]) => decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))),
  );
}

Deno.test("a report has all numbers of the training", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const training = await trained(device, 2);
  // Wrong labels, for mistakes that are not the same both ways.
  training.valData.targets.data.fill(0, 0, 5);
  const page = await report(training, { facts: { data: "rows" } });

  const epochs = cells(page, "epochs");
  assertEquals(
    epochs.map((row) => row.slice(0, 6)),
    training.history.map(({ acc, epoch, loss, valAcc, valLoss }) => [
      String(epoch),
      ...[loss, acc, valLoss, valAcc].map((value) => value.toFixed(5)),
      "0.01",
    ]),
  );
  const found = await predict(device, training.model, training.valData);
  const labels = [...training.valData.targets.data];
  const matrix = [0, 1, 2].map((label) =>
    [0, 1, 2].map((guess) =>
      found.filter(({ prediction }, row) =>
        prediction === guess && labels[row] === label
      ).length
    )
  );
  const confusion = cells(page, "confusion");
  assertEquals(confusion.map((row) => row.slice(0, 3).map(Number)), matrix);
  const accuracies = matrix.map((row, label) =>
    100 * row[label] / row.reduce((sum, count) => sum + count)
  );
  assertEquals(
    confusion.map((row) => row[4]),
    accuracies.map((value) => `${value.toFixed(2)} %`),
  );
  const titles = ["Loss by steps", "Loss", "Accuracy", "Learning rate"];
  for (const title of [...titles, "Images per second", "Reliability"]) {
    assertMatch(page, new RegExp(`<text [^>]*>${title}<`));
  }
  // A role, a title and a table for every chart.
  const charts = page.split("<svg ").slice(1);
  assertEquals(charts.length, 7);
  for (const chart of charts) {
    const [, name] = chart.match(/^role="img" aria-labelledby="([\w-]+)"/)!;
    assertMatch(
      chart,
      new RegExp(`<title id="${name}">[^<]+ by [^<]+</title>`),
    );
    assertMatch(chart, /<\/svg>\s*<details>[^]*?<table>/);
  }
  const classes = cells(page, "classes");
  matrix.forEach((row, label) => {
    const guessed = matrix.reduce((sum, each) => sum + each[label], 0);
    const [right, all] = [row[label], row.reduce((sum, each) => sum + each)];
    const scores = [right / guessed, right / all, 2 * right / (all + guessed)];
    assertEquals(
      classes[label],
      [String(all), ...scores.map((score) => score.toFixed(4))],
    );
  });
  const told = facts(page);
  assertEquals(told.data, "rows");
  assertEquals(told.seed, "3");
  assertEquals(told.batchSize, "10");
  assertEquals(told.device, device.label);
  assertEquals([told.augment, told.clipGradNorm, told.limit], [
    ...["off", "off", "all"],
  ]);
  const augment = { rotate: 10, erase: 0.5 };
  const settings = { ...training.settings, augment };
  const changed = await report({ ...training, settings });
  assertEquals(facts(changed).augment, "rotate=10, erase=0.5");
  assert(page.includes("Conv2d(1, 4, kernel_size=(3, 3)"));
});

Deno.test("a report shows the worst images and the first filters", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const training = await trained(device, 1);
  const page = await report(training, { worst: 7 });
  const shown = images(page);
  // The worst, what is inside for four of them, the filters.
  const insides = shown.splice(7, 4 * 3);
  assertEquals(shown.length, 7 + 1);
  const [image, saliency, maps] = insides;
  assertEquals(image.data, shown[0].data);
  assertEquals([saliency.width, saliency.height], [6, 6]);
  assertEquals(Math.max(...saliency.data), 255);
  assert(maps.width > maps.height);

  const found = await predict(device, training.model, training.valData);
  const labels = training.valData.targets.data;
  const losses = found.map(({ logits }, row) => {
    const exps = logits.map(Math.exp);
    const sum = exps.reduce((one, other) => one + other);
    return -Math.log(exps[labels[row]] / sum);
  });
  const order = losses.keys().toArray()
    .sort((one, other) => losses[other] - losses[one]);
  const captions = page.match(/<b>\d+ → \d+<\/b>/g);
  assertEquals(
    captions,
    order.slice(0, 7).map((row) =>
      `<b>${labels[row]} → ${found[row].prediction}</b>`
    ),
  );
  const { data } = training.valData.inputs;
  for (const [i, image] of shown.slice(0, 7).entries()) {
    const pixels = [...data.subarray(order[i] * 36, order[i] * 36 + 36)];
    const [least, most] = [Math.min(...pixels), Math.max(...pixels)];
    assertEquals(
      [...image.data],
      pixels.map((value) => Math.round(255 * (value - least) / (most - least))),
    );
  }
  // Four filters of 3 × 3 with a black pixel around each.
  const filters = shown[7];
  assertEquals([filters.width, filters.height], [17, 5]);
  const weight = (await training.model.stateDict()).get("0.weight")!.data;
  const largest = Math.max(...Array.from(weight, Number).map(Math.abs));
  const center = Math.round(127.5 * (1 + Number(weight[4]) / largest));
  assertEquals(filters.data[2 * 17 + 2], center);
});

Deno.test("a report is one file: no script, no link, nothing unescaped", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const page = await report(await trained(device, 1), {
    title: "a<b",
    facts: { "<b>": `"&'<script>` },
  });
  assertEquals(page.match(/<script|<link|@import|url\((?!#)/g), null);
  const addresses = page.match(/https?:[^"' ]*/g) ?? [];
  const namespace = /^http:\/\/www\.w3\.org\//;
  assertEquals(addresses.filter((each) => !namespace.test(each)), []);
  assert(page.includes("<h1>a&lt;b</h1>"));
  assertEquals(facts(page)["&lt;b&gt;"], "&quot;&amp;&#39;&lt;script&gt;");
});

Deno.test("what a resumed training does not know is a gap", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const training = await trained(device, 1);
  const past = history(3).map((epoch) => ({
    ...epoch,
    ...{ trainSeconds: NaN, evalSeconds: NaN, imagesPerSecond: NaN },
  }));
  const known = { ...history(4)[3], imagesPerSecond: 77 };
  const resumed = { ...training, history: [...past, known] };
  const page = await report(resumed);
  const speeds = cells(page, "epochs").map((row) => row[8]);
  assertEquals(speeds, ["–", "–", "–", "77"]);
  assertEquals(page.includes("NaN"), false);
});

Deno.test("a report of a regression has its metrics and no accuracy", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const x = Float32Array.from({ length: 8 }, (_, i) => i / 8);
  const line = new TensorDataset(x, x, { rowShape: [1], targetShape: [1] });
  const training = await train({
    ...{ device, model: new Linear(1, 1), trainData: line, testData: line },
    loss: mseLoss,
    metrics: [metrics.meanAbsoluteError()],
    epochs: 2,
  });
  const page = await report(training);
  assertEquals(page.match(/val_acc|Accuracy|onfusion|NaN/g), ["val_acc"]);
  assertMatch(page, /<text [^>]*>meanAbsoluteError/);
  const errors = training.history.map((epoch) =>
    [epoch.metrics, epoch.valMetrics].map((values) =>
      values?.meanAbsoluteError.toFixed(5)
    )
  );
  assertEquals(
    cells(page, "epochs").map((row) => row.slice(2, 7)),
    training.history.map(({ valLoss }, i) => [
      ...["–", valLoss.toFixed(5), "–"],
      ...errors[i].map(String),
    ]),
  );
  assert(page.includes(`<dd>${errors[1][1]}</dd>`));
  assertEquals((await lossCurves(training.history)).includes("acc"), false);
  assertEquals(
    epochLine(training.history[1], 2).replaceAll(/\d\.\d{5}/g, "X"),
    "[Epoch   2/  2] loss: X val_loss: X, val_meanAbsoluteError: X",
  );
});

Deno.test("a report says what was trained, when and how", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const training = await trained(device, 1);
  const page = await report(training, {
    ...{ data: "rows", command: "mnist-cnn train --epochs 1" },
    date: new Date("2026-01-02T03:04:05Z"),
  });
  assertMatch(page, /<h1>Sequential on rows<\/h1>/);
  assertMatch(page, /<title>Sequential on rows<\/title>/);
  assertMatch(page, />2026-01-02 03:04 UTC<\/time> · @x\/mnist-cnn \d+\.\d/);
  assert(page.includes("<code>mnist-cnn train --epochs 1</code>"));
});

Deno.test("the report's calibration error is that of metrics", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const training = await trained(device, 1);
  for (const temperature of [1, 2.5]) {
    const page = await report({ ...training, temperature });
    const { model, valData } = training;
    const measured = await evaluate(device, model, valData, {
      metrics: [metrics.calibrationError({ temperature })],
    });
    const [error] = Object.values(measured.metrics);
    assert(page.includes(`<b id="ece">${(100 * error).toFixed(2)} %</b>`));
  }
});

Deno.test("what a training has kept of its rows is what a run once more gives", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const training = await trained(device, 1);
  const date = new Date(0);
  assertEquals(training.predictions?.length, 30);
  assertEquals(
    await report(training, { date }),
    await report({ ...training, predictions: null }, { date }),
  );
  // It is taken, and nothing is run.
  const predictions = training.predictions!.map(({ logits }) => ({
    logits,
    prediction: 0,
  }));
  const page = await report({ ...training, predictions }, { date });
  const zeros = predictions.length;
  const heads = cells(page, "confusion").map(([first]) => Number(first));
  assertEquals(heads.reduce((sum, count) => sum + count), zeros);
});

Deno.test("a report of nothing is refused", async () => {
  const training = { history: [] } as unknown as ReportedTraining;
  await assertRejects(() => report(training), RangeError, "Train first");
});

Deno.test("curves have a point for each epoch", async () => {
  for (const epochs of [1, 10]) {
    const svg = await lossCurves(history(epochs));
    assertEquals(svg.match(/>val_acc</g)?.length, 1);
    assertEquals(svg.match(/>val_loss</g)?.length, 1);
    const points =
      /d="M1 0A1 1 [^"]*" transform="[^"]*" fill="#(1f6feb|d1570a)"/g;
    assertEquals(svg.match(points)?.length, 3 * epochs);
  }
});

permittedTest(
  "a plot is SVG or PNG by its name, and the PNG has text",
  async () => {
    await using folder = await temporaryFolder();
    const file = (name: string) => join(folder.path, name);
    await writePlot(file("a.svg"), history(3));
    assertEquals(
      await Deno.readTextFile(file("a.svg")),
      await lossCurves(history(3)),
    );
    await writePlot(file("a.png"), history(3));
    const image = decode(await Deno.readFile(file("a.png")));
    assertEquals([image.width, image.height, image.channels], [1920, 640, 4]);
    // Where the title is, and nothing but it: dark pixels on white.
    let dark = 0;
    for (let y = 0; y < 50; y++) {
      for (let x = 0; x < 120; x++) {
        if (image.data[(y * image.width + x) * 4] < 100) dark++;
      }
    }
    assert(dark > 100 && dark < 2000, `${dark} dark pixels`);
    await assertRejects(
      () => writePlot(file("a.jpg"), history(1)),
      RangeError,
      ".svg or .png",
    );
    assertEquals(await listing(folder.path), ["a.png", "a.svg"]);
  },
);

permittedTest("a report that cannot be written leaves nothing", async () => {
  await using folder = await temporaryFolder();
  using device = CpuDevice.open({ threads: 1 });
  const training = await trained(device, 1);
  await assertRejects(
    () => writeReport(join(folder.path, "none", "a.html"), training),
    Error,
    "cannot write",
  );
  assertEquals(await listing(folder.path), []);
});

Deno.test("losses of rows do not overflow; labels must be as many", () => {
  const predictions = [
    { prediction: 0, logits: [1000, -1000] },
    { prediction: 1, logits: [-1000, 1000] },
  ];
  const rows = worstRows(predictions, [1, 1]);
  assertEquals(rows.map(({ loss, row }) => [row, loss]), [[0, 2000], [1, 0]]);
  const [cooled] = worstRows(predictions, [0, 1], 1, 1000);
  assertAlmostEquals(cooled.probability, 1 / (1 + Math.exp(-2)));
  let message = "";
  try {
    confusionMatrix([0, 1], [0], 2);
  } catch (error) {
    assert(error instanceof ShapeError);
    message = error.message;
  }
  assertMatch(message, /expected 2 labels, .*got 1\. Help/);
});

/** A sweep of two options, the second of words where they are given. */
function sweep(options: readonly string[]): ReportedSweep {
  const values = [
    { lr: "0.1", optimizer: "adam" },
    { lr: "0.0001", optimizer: "sgd" },
    { lr: "1", optimizer: "adam" },
  ];
  return {
    title: "Sweep of <lr>",
    command: "mnist-cnn train --lr 0.1",
    options,
    settings: values.map((values, index) => ({
      values,
      valAcc: [0.75, 0.5, NaN][index],
      deviation: NaN,
      valLoss: 1,
      epochs: 2,
    })),
    trials: values.map((values, index) => ({
      ...{ name: `trial-0${index + 1}`, values, seed: 0 },
      valAcc: [0.75, 0.5, NaN][index],
      state: index < 2 ? "finished" : "failed",
    })),
    facts: { seeds: "0" },
  };
}

permittedTest(
  "a sweep's page draws each option by itself, and several at once",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "sweep.html");
    const drawn: string[][] = [];
    for (const options of [["lr"], ["lr", "optimizer"]]) {
      await writeSweepPage(path, sweep(options));
      const page = await Deno.readTextFile(path);
      assert(page.includes("<h1>Sweep of &lt;lr&gt;</h1>"));
      assertEquals(cells(page, "settings").map((row) => row.slice(0, 1)), [
        ["0.1"],
        ["0.0001"],
        ["1"],
      ]);
      assertEquals(cells(page, "trials").map((row) => row.slice(-2)), [
        ["0.75000", "finished"],
        ["0.50000", "finished"],
        ["–", "failed"],
      ]);
      drawn.push(
        Array.from(
          page.matchAll(/<title id="[^"]*">([^<]+)</g),
          ([, title]) => title,
        ),
      );
    }
    const [one, two] = drawn;
    assertEquals(one.length, 1);
    assertEquals(two.length, 3);
    assertMatch(two[0], /^val_acc of each setting by its options, the best /);
    assertEquals(two[1], one[0]);
    // Words are an axis too, each once.
    const page = await Deno.readTextFile(path);
    assertMatch(page, />adam<[^]*>sgd</);
  },
);

Deno.test("rows that are no images have no pictures, and classes that are missed show", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const rows = Float32Array.from({ length: 24 }, (_, at) => at % 3);
  const labels = Uint8Array.from({ length: 8 }, (_, row) => row % 2);
  const data = new TensorDataset(rows, labels, {
    rowShape: [3],
    classes: 2,
  });
  const training = await train({
    ...{ device, model: new Linear(3, 2), trainData: data, testData: data },
    ...{ epochs: 1, batchSize: 4 },
  });
  const page = await report(training);
  assertEquals(images(page), []);
  assertMatch(page, /<b>\d → \d<\/b>/);
});

Deno.test("a metric that an epoch lacks is a gap", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const training = await trained(device, 1);
  const [first] = training.history;
  const own = { ...first, metrics: { f1: 0.25 }, valMetrics: { f1: 0.5 } };
  const page = await report({
    ...training,
    history: [{ ...first, epoch: 1 }, { ...own, epoch: 2 }],
  });
  assertEquals(
    cells(page, "epochs").map((row) => row.slice(5, 7)),
    [["–", "–"], ["0.25000", "0.50000"]],
  );
});

permittedTest(
  "a curve of rates says what is suggested, or that nothing is",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "rates.svg");
    const points = [1, 2, 3].map((lr) => ({ lr, loss: lr, smooth: lr }));
    for (
      const [suggestion, title] of [
        [0.0123, "suggested learning rate 0.012"],
        [NaN, "no learning rate suggested"],
      ] as const
    ) {
      await writeLrPlot(path, { points, suggestion });
      assertMatch(await Deno.readTextFile(path), new RegExp(`>${title}<`));
    }
  },
);

Deno.test("a figure is its numbers where only text is shown", async () => {
  assertEquals(
    String(await plotHistory(history(2))).split("\n").at(-1),
    "    2  0.50000   0.50000  0.80000",
  );
});

Deno.test("a plot needs an ending, a curve a loss and a weight", async () => {
  await assertRejects(
    () => writePlot("curves", history(1)),
    RangeError,
    "plot curves: expected a name that ends in .svg or .png, got no ending",
  );
  await assertRejects(
    () => plotLosses([]),
    RangeError,
    "plotLosses: expected at least one loss, got none. Help: ",
  );
  await assertRejects(
    () => plotLosses([{ step: 1, loss: 1 }], { smoothing: 1 }),
    RangeError,
    "expected smoothing from 0 to below 1, got 1",
  );
});
