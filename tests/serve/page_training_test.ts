import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { Page } from "npm:puppeteer-core@25.16.0";
import { pack } from "../../src/formats/gzip.ts";
import { readWeights, writeIdx, writeNpz } from "../../src/formats/mod.ts";
import { browserTest } from "../_browser.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import {
  choose,
  opened,
  says,
  shows,
  text,
  trainingSteps,
  until,
} from "./_page.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

/** The last training's numbers: steps, loss, accuracy, accuracy held out. */
const last = `Array.from(document.querySelectorAll("#runs tr:last-child td"),
  (cell) => parseFloat(cell.textContent))`;

async function numbers(page: Page): Promise<number[]> {
  return await page.evaluate(last) as number[];
}

async function reaches(page: Page, step: number): Promise<void> {
  await until(page, `${last}[0] >= ${step}`);
}

/** The pictures of the filters, and the lines of the charts. */
const filters = `Array.from(document.querySelectorAll("#filters canvas"),
  (canvas) => canvas.toDataURL())`;
const lines = `["loss", "accuracy"].map((id) =>
  Array.from(document.querySelectorAll("#" + id + " .smooth"),
    (line) => line.getAttribute("d").split("L").length))`;

browserTest("page: trains, pauses, goes on and stops", async (page) => {
  await using site = await opened(page);
  await page.waitForSelector("#start:not([disabled])");
  await page.click("#images button:nth-child(1)");
  // What is below moves down then.
  await page.waitForSelector("#inside:not([hidden])");
  await page.click("#start");
  await reaches(page, 10);
  await page.click("#pause");
  assertEquals(await text(page, "#pause"), "Go on");
  const wait = () => new Promise((resolve) => setTimeout(resolve, 500));
  await wait();
  const [paused] = await numbers(page);
  const before = await page.evaluate(filters) as string[];
  assertEquals(before.length, 16);
  await wait();
  assertEquals((await numbers(page))[0], paused);
  assert(paused < trainingSteps, `${paused} steps`);
  await page.click("#pause");
  await reaches(page, trainingSteps);
  await page.waitForSelector("#start:not([disabled])");
  const [, loss, accuracy, heldOut] = await numbers(page);
  assert(accuracy > 90 && heldOut > 90, `${accuracy} %, ${heldOut} %`);
  assert(loss < 0.5, String(loss));
  assertEquals(await page.evaluate(lines), [[9], [9]]);
  // The filters have changed, and what is watched is seen right.
  const after = await page.evaluate(filters) as string[];
  assert(after.every((filter, index) => filter !== before[index]));
  const watched = await page.evaluate(
    `Array.from(document.querySelectorAll("#watched figcaption"),
      (caption) => caption.className)`,
  ) as string[];
  assertEquals(watched.length, 10);
  assert(watched.filter((name) => name === "right").length >= 8);
  // What was learnt is what the page sees with.
  await shows(page, String(labels[0]));

  // Another one over it, with other settings, and long enough to be stopped.
  await page.select("#network", "wider-cnn");
  await page.select("#rate", "0.001");
  await page.click("#start");
  await reaches(page, 10);
  await page.click("#stop");
  await page.waitForSelector("#start:not([disabled])");
  const [[first, second]] = await page.evaluate(lines) as number[][];
  assertEquals(first, 9);
  assert(second >= 1 && second < 9, String(second));
  const rows = await page.evaluate(
    `Array.from(document.querySelectorAll("#runs th"),
      (cell) => cell.textContent.trim())`,
  );
  assertEquals(rows, [
    "cnn, rate 0.01, batch 100",
    "wider-cnn, rate 0.001, batch 100",
  ]);
  assertEquals(site.problems, []);
});

browserTest("page: a training is taken step by step", async (page) => {
  await using site = await opened(page);
  await page.waitForSelector("#start:not([disabled])");
  assertEquals(await page.$("#step:not([disabled])"), null);
  await page.click("#start");
  await reaches(page, 10);
  await page.click("#step");
  assertEquals(await text(page, "#pause"), "Go on");
  await until(page, `${last}[0] % 10 !== 0`);
  const [first] = await numbers(page);
  const before = await page.evaluate(filters) as string[];
  for (const more of [1, 2]) {
    await page.click("#step");
    await until(page, `${last}[0] === ${first + more}`);
  }
  const after = await page.evaluate(filters) as string[];
  assert(after.some((filter, index) => filter !== before[index]));
  // It goes on from there, and what is over has no step left.
  await page.click("#pause");
  assertEquals(await text(page, "#pause"), "Pause");
  await reaches(page, trainingSteps);
  await page.waitForSelector("#step[disabled]");
  assertEquals(site.problems, []);
});

browserTest("page: saves what was trained, in both formats", async (page) => {
  await using folder = await temporaryFolder();
  await using site = await opened(page);
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", {
    behavior: "allow",
    downloadPath: folder.path,
  });
  await page.waitForSelector("#start:not([disabled])");
  await page.select("#network", "mlp");
  await page.click("#start");
  await reaches(page, 10);
  await page.click("#stop");
  await page.waitForSelector("#start:not([disabled])");
  for (const format of ["safetensors", "pth"]) {
    await page.click(`#save-${format}`);
    const path = join(folder.path, `mnist-cnn.${format}`);
    await untilThere(path);
    const { tensors } = await readWeights(path);
    assertEquals(
      Array.from(tensors, ([name, { shape }]) => `${name} ${shape}`),
      [
        "fc1.weight 500,784",
        "fc1.bias 500",
        "fc2.weight 10,500",
        "fc2.bias 10",
      ],
    );
  }
  assertEquals(site.problems, []);
});

async function untilThere(path: string): Promise<void> {
  const end = performance.now() + 30_000;
  for (;;) {
    try {
      await Deno.stat(path);
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

browserTest(
  "page: images of one's own are trained on, others refused",
  async (page) => {
    await using folder = await temporaryFolder();
    const count = 600;
    // Three classes of digits.
    const classes = Uint8Array.from(
      { length: count },
      (_, row) => labels[row % 100] % 3,
    );
    const pixels = new Uint8Array(count * 784);
    for (let row = 0; row < count; row++) {
      pixels.set(testDigit(row % 100), row * 784);
    }
    const write = async (name: string, shape: number[], data: Uint8Array) => {
      const path = join(folder.path, name);
      const idx = writeIdx({ dtype: "u8", shape, data });
      await Deno.writeFile(path, name.endsWith(".gz") ? await pack(idx) : idx);
      return path;
    };
    const images = await write("images.gz", [count, 28, 28], pixels);
    const own = await write("labels", [count], classes);
    const few = await write("few", [count - 1], classes.subarray(1));
    const npz = join(folder.path, "own.npz");
    // Fewer than a batch.
    const data = pixels.subarray(0, 120 * 784);
    await writeNpz(npz, [
      ["x_train", { dtype: "U8", shape: [120, 28, 28], data }],
      ["y_train", { dtype: "U8", shape: [120], data: classes.slice(0, 120) }],
    ]);
    await using site = await opened(page, { hasImages: false });
    await says(page, "29,034 parameters");
    assertEquals(await page.$("#start:not([disabled])"), null);
    await choose(page, "data", images, few);
    await says(
      page,
      "a label each, got images of 600 × 28 × 28, and 599 labels",
    );
    await choose(page, "data", images);
    await says(page, "images.gz: expected images and their labels");
    assertEquals(await page.$("#start:not([disabled])"), null);
    for (
      const [files, has, steps] of [
        [[images, own], "600", 25],
        [[npz], "120", 5],
      ] as const
    ) {
      await choose(page, "data", ...files);
      await says(page, `${has} images of your own`);
      await page.click("#start");
      await until(page, `${last}[0] === ${steps}`);
      await page.waitForSelector("#start:not([disabled])");
    }
    assertEquals(site.problems, []);
  },
);

browserTest(
  "page: a training that goes nowhere ends, and the network is back",
  async (page) => {
    await using site = await opened(page);
    await page.waitForSelector("#start:not([disabled])");
    await page.click("#images button:nth-child(1)");
    await shows(page, String(labels[0]));
    await page.evaluate(
      `document.getElementById("rate").options[0].value = "1e30"`,
    );
    await page.select("#rate", "1e30");
    // What appears above the button moves it.
    await page.waitForSelector("#inside:not([hidden])");
    await page.click("#start");
    await says(page, "expected a finite number, got ");
    await page.waitForSelector("#start:not([disabled])");
    const { percents } = await shows(page, String(labels[0]));
    assert(percents[labels[0]] > 99, String(percents));
    assertEquals(site.problems, []);
  },
);
