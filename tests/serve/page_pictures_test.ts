import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
} from "@std/assert";
import { join } from "@std/path";
import { encodePng } from "../../src/digits/mod.ts";
import { encodePyTorch } from "../../src/formats/mod.ts";
import { readShippedWeights } from "../../src/models/mod.ts";
import { browserTest } from "../_browser.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import {
  choose,
  draw,
  one,
  opened,
  type Point,
  says,
  seven,
  shows,
  text,
} from "./_page.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

/** The same stroke elsewhere. */
const moved = (points: readonly Point[], right: number): Point[] =>
  points.map(([x, y]) => [x + right, y]);

const seen = `document.getElementById("seen").toDataURL()`;

browserTest(
  "page: several digits are read, and each is shown",
  async (page) => {
    await using site = await opened(page);
    await shows(page, "draw something");
    await draw(page, moved(seven, -0.25));
    await draw(page, moved(one, 0.2));
    await shows(page, "71");
    const boxes = await page.evaluate(
      `Array.from(document.querySelectorAll("#boxes .box"), (box) => box.textContent)`,
    );
    assertEquals(boxes, ["7", "1"]);
    const last = await page.evaluate(seen);
    await page.click("#digits button:nth-child(1)");
    assert(await page.evaluate(seen) !== last);
    const { percents } = await shows(page, "71");
    assert(percents[7] > 90, String(percents));
    await page.click("#clear");
    await shows(page, "draw something");
    assertEquals(await page.evaluate(`document.querySelector(".box")`), null);
    assertEquals(site.problems, []);
  },
);

browserTest("page: a scribble is no digit", async (page) => {
  await using site = await opened(page);
  await shows(page, "draw something");
  const scribble = Array.from({ length: 30 }, (_, at): Point => [
    0.5 + 0.25 * Math.sin(2.3 * at) * Math.cos(0.7 * at),
    0.5 + 0.35 * Math.cos(1.9 * at),
  ]);
  await draw(page, scribble);
  await shows(page, "no digit");
  assertEquals(site.problems, []);
});

browserTest(
  "page: maps and the pixels that mattered follow the stroke",
  async (page) => {
    await using site = await opened(page);
    await shows(page, "draw something");
    const dark = await page.evaluate(
      `document.getElementById("saliency").toDataURL()`,
    );
    await draw(page, seven);
    await page.waitForSelector("#inside:not([hidden])");
    const layers = await page.evaluate(
      `Array.from(document.querySelectorAll(".layer"), (layer) =>
      layer.querySelector("code").textContent + " " +
      layer.querySelectorAll("canvas").length)`,
    );
    const block = (name: string, maps: number) =>
      [0, 1, 2, 3].map((index) => `${name}.${index} ${maps}`);
    assertEquals(layers, [
      ...block("layer1", 16),
      ...block("layer2", 32),
      "fc 1",
    ]);
    const saliency = await page.evaluate(
      `document.getElementById("saliency").toDataURL()`,
    );
    assert(saliency !== dark);
    assertEquals(site.problems, []);
  },
);

/** Two test images in dark ink on white paper, side by side, four times as large. */
async function photo(): Promise<Uint8Array> {
  const [width, height] = [2 * 28 * 4, 28 * 4];
  const data = Uint8Array.from({ length: width * height }, (_, pixel) => {
    const x = Math.floor((pixel % width) / 4);
    const y = Math.floor(pixel / width / 4);
    return 255 - testDigit(x < 28 ? 0 : 1)[y * 28 + x % 28];
  });
  return await encodePng({ width, height, data });
}

browserTest("page: a photo is chosen or dropped, and read", async (page) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "digits.png");
  const bytes = await photo();
  await Deno.writeFile(path, bytes);
  await using site = await opened(page);
  await shows(page, "draw something");
  await choose(page, "photo", path);
  const number = `${labels[0]}${labels[1]}`;
  await shows(page, number);
  // The first stroke takes it away.
  await draw(page, one);
  await shows(page, "1");
  await page.evaluate(`{
    const bytes = Uint8Array.fromBase64("${bytes.toBase64()}");
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }`);
  await shows(page, number);
  await Deno.writeTextFile(join(folder.path, "notes.txt"), "no picture");
  await choose(page, "photo", join(folder.path, "notes.txt"));
  await says(page, "notes.txt: expected a picture or weights");
  assertEquals(site.problems, []);
});

browserTest(
  "page: weights of one's own are read, and damaged ones refused",
  async (page) => {
    await using folder = await temporaryFolder();
    const { tensors } = await readShippedWeights();
    const path = join(folder.path, "own.pth");
    const bytes = await encodePyTorch(tensors);
    await Deno.writeFile(path, bytes);
    const damaged = join(folder.path, "damaged.pth");
    await Deno.writeFile(damaged, bytes.subarray(0, bytes.length / 2));
    await using site = await opened(page, {
      card: {
        classNames: Array.from({ length: 10 }, (_, index) => `class ${index}`),
      },
    });
    await says(page, "29,034 parameters");
    await draw(page, seven);
    await shows(page, "class 7");
    await choose(page, "weights", path);
    await shows(page, "7");
    await choose(page, "weights", damaged);
    await says(page, "damaged.pth");
    await page.click("#clear");
    await draw(page, one);
    await shows(page, "1");
    // Another device gets the same network; the page's own comes back.
    await page.select("#device", "cpu");
    await says(page, " on cpu (");
    await shows(page, "1");
    await page.click("#original");
    await shows(page, "class 1");
    assertEquals(site.problems, []);
  },
);

browserTest(
  "page: a pixel of a convolution tells how it comes about",
  async (page) => {
    await using site = await opened(page);
    await shows(page, "draw something");
    await draw(page, seven);
    await page.waitForSelector("#inside:not([hidden])");
    const sum = async () => {
      await page.waitForSelector(".sum:not([hidden])");
      return await text(page, ".sum:not([hidden])");
    };
    /** The numbers are rounded to hundredths. */
    const adds = (all: string, inputs: number) => {
      const numbers = all.replaceAll("−", "-").match(
        /The sum is (\S+) (?:from map \d+ of \d+, which adds most; (\S+) from all maps; )?with the bias of (\S+): (\S+)$/,
      )!.slice(1).map(Number);
      const [own, every, bias, value] = numbers;
      const whole = inputs === 1 ? own : every;
      assertAlmostEquals(whole + bias, value, 0.0151);
      assertEquals(all.match(/×\s/g)?.length, 26);
    };
    const layer = (at: number) => `.layer:nth-child(${at})`;
    await page.hover(`${layer(1)} canvas:nth-child(3)`);
    const first = await sum();
    assertMatch(first, /^Map 3, row \d+, column \d+: pixel × weight/);
    adds(first, 1);
    await page.hover(`${layer(5)} canvas:nth-child(32)`);
    const second = await sum();
    assertMatch(second, /^Map 32, .* of 16, which adds most/);
    adds(second, 16);
    // Other layers have no such sum.
    await page.hover(`${layer(2)} canvas:nth-child(1)`);
    await page.waitForFunction(
      `document.querySelector(".sum:not([hidden])") === null`,
    );
    // By keys, and it follows what is drawn.
    await page.focus(`${layer(1)} .maps`);
    await page.keyboard.press("ArrowRight");
    assertMatch(await sum(), /^Map 1, row 1, column 2:/);
    await page.keyboard.press("PageDown");
    await page.keyboard.press("ArrowUp");
    assertMatch(await sum(), /^Map 2, row 1, column 2:/);
    await page.keyboard.press("Escape");
    assertEquals(await page.$(".sum:not([hidden])"), null);
    assertEquals(site.problems, []);
  },
);
