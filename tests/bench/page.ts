/**
 * `deno task bench:page`: how long it takes in Chromium from a movement of the
 * pen to the probabilities that are painted, on the CPU device.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { table } from "../../src/base/table.ts";
import type { Page } from "npm:puppeteer-core@25.16.0";
import { openBrowser } from "../_browser.ts";
import { says, servedPage } from "../serve/_page.ts";

const help = `How fast the page answers a pen.

Usage: deno task bench:page [options]

  --strokes N      digits that are drawn, of 24 movements each (20)
  --help           this text`;

/** Movements of a stroke, which goes down the paper. */
const movements = 24;

/** Strokes that warm the page up, and are not counted. */
const warmUp = 4;

/**
 * Notes of each movement of the pen when it happened, when its probabilities were
 * in the page, and when they were painted: after the frame that has them.
 */
const watch = `
  globalThis.answers = [];
  let moved = null;
  let frames = 0;
  const tick = () => { frames++; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  document.getElementById("paper").addEventListener("pointermove", (event) => {
    moved = { at: event.timeStamp, handled: performance.now(), frames };
  }, { capture: true });
  new MutationObserver(() => {
    if (moved === null) return;
    const { at, frames: first, handled } = moved;
    moved = null;
    const written = performance.now();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => answers.push({
        waited: handled - at,
        written: written - at,
        painted: performance.now() - at,
        // Its ink is in the next one.
        frames: frames - first - 1,
      });
      port2.postMessage(null);
    });
  }).observe(document.getElementById("time"), { childList: true });
`;

/** What is noted of a movement: milliseconds since it, and frames. */
interface Answer {
  /** Until the page was told, which a browser does once a frame. */
  readonly waited: number;
  readonly written: number;
  readonly painted: number;
  /** From the one that has its ink to the one that has its probabilities. */
  readonly frames: number;
}

/** Draws a digit, each movement once the one before is answered. */
async function draw(page: Page): Promise<void> {
  const { height, width, x, y } = (await (await page.$("#paper"))!
    .boundingBox())!;
  const to = (part: number) =>
    [x + width / 2, y + height * (0.15 + 0.7 * part)] as const;
  await page.mouse.move(...to(0));
  await page.mouse.down();
  for (let count = 1; count <= movements; count++) {
    const before = await page.evaluate("answers.length") as number;
    await page.mouse.move(...to(count / movements));
    const condition = `answers.length > ${before} &&
      document.querySelector("#result[aria-busy=false]") !== null`;
    await page.waitForFunction(condition, { polling: 30 });
  }
  await page.mouse.up();
  await page.click("#clear");
}

/** The answers to all movements of so many digits. */
async function answers(strokes: number): Promise<Answer[]> {
  await using site = await servedPage();
  await using browser = await opened();
  const page = await browser.newPage();
  await page.setViewport({ width: 1120, height: 1000 });
  await page.goto(site.address);
  await page.select("#device", "cpu");
  await says(page, " on cpu (");
  await page.evaluate(watch);
  for (let count = 0; count < warmUp + strokes; count++) {
    if (count === warmUp) await page.evaluate("answers.length = 0");
    await draw(page);
  }
  return await page.evaluate("answers") as Answer[];
}

/** A browser that is closed at the end of the block. */
async function opened() {
  const browser = await openBrowser();
  return {
    newPage: () => browser.newPage(),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function main(): Promise<void> {
  const options = parseArgs(Deno.args, {
    string: ["strokes"],
    boolean: ["help"],
    default: { strokes: "20" },
  });
  if (options.help) return console.log(help);
  const all = await answers(Number(options.strokes));
  const row = (name: string, valueOf: (answer: Answer) => number) => {
    const sorted = all.map(valueOf).sort((one, other) => one - other);
    const at = (part: number) =>
      sorted[Math.round(part * (sorted.length - 1))].toFixed(1);
    return [name, at(0), at(0.5), at(0.9)];
  };
  console.log(`${all.length} movements of the pen, one after the other`);
  console.log(table([
    ["since the movement", "least", "median", "90 %"],
    row("the page is told, ms", ({ waited }) => waited),
    row("its probabilities are there, ms", ({ written }) => written),
    row(
      "of it since the page was told, ms",
      (answer) => answer.written - answer.waited,
    ),
    row("they are painted, ms", ({ painted }) => painted),
    row("frames after its ink", ({ frames }) => frames),
  ], 1));
}

if (import.meta.main) await main();
