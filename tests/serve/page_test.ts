import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Page } from "npm:puppeteer-core@25.16.0";
import type { ModelCard } from "../../src/serve/mod.ts";
import { browserTest } from "../_browser.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { openService, predictionsOf, predictRequest } from "./_service.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

/** The hundred test images, 20 times: enough steps, and easy to learn. */
const trainingImages = {
  pixels: Uint8Array.from(
    { length: 2000 },
    (_, row) => row % 100,
  ).reduce((all, index, row) => {
    all.set(testDigit(index), row * 784);
    return all;
  }, new Uint8Array(2000 * 784)),
  labels: Uint8Array.from({ length: 2000 }, (_, row) => labels[row % 100]),
};

/** Opens the page of a service of its own, and notes what goes wrong there. */
async function opened(page: Page, isIsolated = true, card: ModelCard = {}) {
  const samples = [0, 1, 2].map((index) => ({
    label: labels[index],
    pixels: testDigit(index),
  }));
  const { device, service } = await openService({
    samples,
    card,
    training: () => Promise.resolve(trainingImages),
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const response = await service.fetch(request);
      if (!isIsolated) response.headers.delete("cross-origin-opener-policy");
      return response;
    },
  );
  const address = `http://127.0.0.1:${server.addr.port}/`;
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("requestfailed", (request) => problems.push(request.url()));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && !url.startsWith(address)) {
      problems.push(url);
    }
  });
  await page.goto(address);
  return {
    service,
    problems,
    async [Symbol.asyncDispose]() {
      await page.close();
      await server.shutdown();
      device[Symbol.dispose]();
    },
  };
}

/** What the page shows. */
interface Look {
  status: string;
  digit: string;
  percents: number[];
}

const look = `({
  status: document.getElementById("status").textContent,
  digit: document.getElementById("digit").textContent,
  percents: Array.from(
    document.querySelectorAll("#bars tr td:last-child"),
    (cell) => parseFloat(cell.textContent),
  ),
})`;

/** What the page shows, once it shows this digit. */
async function shows(page: Page, digit: string): Promise<Look> {
  try {
    await page.waitForFunction(
      `document.getElementById("digit").textContent === "${digit}" &&
       document.querySelector("#result[aria-busy=false]") !== null`,
      { timeout: 30_000 },
    );
  } catch (error) {
    throw new Error(JSON.stringify(await page.evaluate(look)), {
      cause: error,
    });
  }
  return await page.evaluate(look) as Look;
}

/** Draws lines through points, in parts of the paper's side. */
async function draw(page: Page, points: readonly [number, number][]) {
  const box = await (await page.$("#paper"))!.boundingBox();
  const { height, width, x, y } = box!;
  const to = ([right, down]: readonly [number, number]) =>
    [x + right * width, y + down * height] as const;
  await page.mouse.move(...to(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) {
    await page.mouse.move(...to(point), { steps: 8 });
  }
  await page.mouse.up();
}

/** The text of an element. */
async function text(page: Page, id: string): Promise<string> {
  return await page.evaluate(
    `document.getElementById("${id}").textContent`,
  ) as string;
}

const seven: [number, number][] = [[0.25, 0.2], [0.75, 0.2], [0.45, 0.85]];
const one: [number, number][] = [[0.5, 0.15], [0.5, 0.85]];

/** The paper as a PNG. */
const paperPng = `(() => {
  const paper = document.getElementById("paper");
  return paper.toDataURL("image/png").split(",")[1];
})()`;

/** The pixels that the page shows as those that the network sees. */
const seenPixels = `(() => {
  const seen = document.getElementById("seen").getContext("2d");
  const { data } = seen.getImageData(0, 0, 28, 28);
  return Array.from(data.filter((_, index) => index % 4 === 0));
})()`;

/** The page shows hundredths of a per cent: 1e-4, and half of one. */
const tolerance = 1e-4 + 5e-5;

for (const kind of ["cpu", "webgpu"]) {
  browserTest(
    `page: what is drawn is seen as it is drawn, on ${kind}`,
    async (page) => {
      await using site = await opened(page);
      await shows(page, "draw something");
      await page.select("#device", kind);
      await page.waitForFunction(
        `document.getElementById("status").textContent.includes(" on ${kind} (")`,
      );
      assertEquals(await page.evaluate("crossOriginIsolated"), true);
      await draw(page, seven);
      const { percents } = await shows(page, "7");
      assertEquals(percents.length, 10);
      assertAlmostEquals(percents.reduce((a, b) => a + b), 100, 0.1);
      assert(percents[7] > 90, String(percents));
      const bars = await page.evaluate(
        `Array.from(document.querySelectorAll(".bar"), (bar) => bar.style.width)`,
      ) as string[];
      assert(parseFloat(bars[7]) > 90);

      // The server sees the same in the same pixels, and in the paper.
      const post = async (body: Uint8Array<ArrayBuffer>, type: string) =>
        (await predictionsOf(
          await site.service.fetch(predictRequest(body, type)),
        ))[0];
      const seen = await page.evaluate(seenPixels) as number[];
      const raw = await post(Uint8Array.from(seen), "application/octet-stream");
      for (const [digit, probability] of raw.probabilities.entries()) {
        assertAlmostEquals(percents[digit] / 100, probability, tolerance);
      }
      const png = await page.evaluate(paperPng) as string;
      const read = await post(Uint8Array.fromBase64(png), "image/png");
      assertEquals(read.digit, 7);

      await page.click("#clear");
      assertEquals(
        (await shows(page, "draw something")).percents,
        new Array(10).fill(0),
      );
      await draw(page, one);
      await shows(page, "1");
      assertEquals(site.problems, []);
    },
  );
}

browserTest(
  "page: without isolation one thread sees the same",
  async (page) => {
    await using site = await opened(page, false);
    assertEquals(await page.evaluate("crossOriginIsolated"), false);
    await page.waitForSelector("#images button:nth-child(3)");
    await page.click("#images button:nth-child(1)");
    const { status } = await shows(page, String(labels[0]));
    assert(status.includes("on cpu ("), status);
    assertEquals(site.problems, []);
  },
);

browserTest(
  "page: test images get the server's probabilities",
  async (page) => {
    await using site = await opened(page);
    await page.waitForSelector("#images button:nth-child(3)");
    for (const index of [0, 1, 2]) {
      await page.click(`#images button:nth-child(${index + 1})`);
      const { percents } = await shows(page, String(labels[index]));
      const request = predictRequest(
        new Uint8Array(testDigit(index)),
        "application/octet-stream",
      );
      const [{ probabilities }] = await predictionsOf(
        await site.service.fetch(request),
      );
      for (const [digit, probability] of probabilities.entries()) {
        // The page prints hundredths of a per cent: 1e-4, and half of one.
        assertAlmostEquals(percents[digit] / 100, probability, 1e-4 + 5e-5);
      }
    }
    assertEquals(site.problems, []);
  },
);

browserTest(
  "page: names of classes and normalisation are the model's",
  async (page) => {
    const classNames = Array.from(
      { length: 10 },
      (_, index) => `class ${index}`,
    );
    const card = { classNames, normalize: [0.3, 0.8] };
    await using site = await opened(page, true, card);
    await page.waitForSelector("#images button:nth-child(3)");
    await page.click("#images button:nth-child(1)");
    const request = predictRequest(
      new Uint8Array(testDigit(0)),
      "application/octet-stream",
    );
    const [seen] = await predictionsOf(await site.service.fetch(request));
    const { percents } = await shows(page, `class ${seen.digit}`);
    for (const [digit, probability] of seen.probabilities.entries()) {
      assertAlmostEquals(percents[digit] / 100, probability, tolerance);
    }
    assertEquals(site.problems, []);
  },
);

browserTest("page: keyboard alone draws, clears and chooses", async (page) => {
  await using site = await opened(page);
  await shows(page, "draw something");
  const focused = () => page.evaluate("document.activeElement.id");
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "paper");
  await page.keyboard.press("Space");
  for (let step = 0; step < 18; step++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await shows(page, "1");
  await page.keyboard.press("Delete");
  await shows(page, "draw something");
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "clear");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await shows(page, String(labels[0]));
  for (let count = 0; count < 3; count++) await page.keyboard.press("Tab");
  assertEquals(await focused(), "start");
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "device");
  assertEquals(site.problems, []);
});

browserTest(
  "page: light and dark, wide and 400 pixels narrow",
  async (page) => {
    await using site = await opened(page);
    await shows(page, "draw something");
    const looks: Record<string, [background: string, text: string]> = {};
    for (const value of ["light", "dark"]) {
      await page.emulateMediaFeatures([{
        name: "prefers-color-scheme",
        value,
      }]);
      for (const width of [400, 1100]) {
        await page.setViewport({ width, height: 900 });
        const isTooWide = await page.evaluate(
          "document.documentElement.scrollWidth > innerWidth",
        );
        assertEquals(isTooWide, false, `${value}, ${width}`);
      }
      looks[value] = await page.evaluate(`(() => {
      const { backgroundColor, color } = getComputedStyle(document.body);
      return [backgroundColor, color];
    })()`) as [string, string];
    }
    assertEquals(looks, {
      light: ["rgb(255, 255, 255)", "rgb(27, 31, 36)"],
      dark: ["rgb(15, 19, 24)", "rgb(230, 234, 240)"],
    });
    // Narrow, a finger draws too.
    await page.setViewport({ width: 400, height: 900, hasTouch: true });
    const box = await (await page.$("#paper"))!.boundingBox();
    const { height, width, x, y } = box!;
    await page.touchscreen.touchStart(x + width / 2, y + 0.15 * height);
    for (let at = 0.2; at < 0.85; at += 0.05) {
      await page.touchscreen.touchMove(x + width / 2, y + at * height);
    }
    await page.touchscreen.touchEnd();
    await shows(page, "1");
    assertEquals(site.problems, []);
  },
);

browserTest("page: trains, pauses, goes on and stops", async (page) => {
  await using site = await opened(page);
  await page.waitForSelector("#training:not([hidden])");
  await page.click("#images button:nth-child(1)");
  const stepOf = async () =>
    Number(/^step (\d+) of 100$/.exec(await text(page, "step"))?.[1] ?? 0);
  const reaches = async (step: number) => {
    const end = performance.now() + 60_000;
    while (await stepOf() < step) {
      if (performance.now() > end) throw new Error(await text(page, "status"));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await page.click("#start");
  await reaches(10);
  await page.click("#pause");
  assertEquals(await text(page, "pause"), "Go on");
  await new Promise((resolve) => setTimeout(resolve, 300));
  const paused = await stepOf();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assertEquals(await stepOf(), paused);
  assert(paused < 100, `${paused} steps`);
  await page.click("#pause");
  await reaches(100);
  assert(parseFloat(await text(page, "accuracy")) > 90);
  assert(parseFloat(await text(page, "loss")) < 0.5);
  const points = await page.evaluate(
    `["loss", "accuracy"].map((name) => document.getElementById(name + "-curve")
      .getAttribute("points").split(" ").length)`,
  );
  assertEquals(points, [10, 10]);
  await page.waitForSelector("#start:not([disabled])");
  // What was learnt is what the page sees with.
  await shows(page, String(labels[0]));

  await page.click("#start");
  await page.waitForFunction(
    `document.getElementById("step").textContent === "step 10 of 100"`,
  );
  await page.click("#stop");
  await page.waitForSelector("#start:not([disabled])");
  assert(await stepOf() < 100);
  assertEquals(site.problems, []);
});

browserTest("page: axe-core finds nothing", async (page) => {
  await using site = await opened(page);
  await page.waitForSelector("#images button:nth-child(3)");
  await page.setBypassCSP(true);
  await page.reload();
  await page.waitForSelector("#images button:nth-child(3)");
  const { default: axe } = await import("npm:axe-core@4.10.3");
  await page.evaluate(axe.source);
  for (const value of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
    const found = await page.evaluate(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
        id + ": " + nodes.map(({ html }) => html).join(" ")))`,
    );
    assertEquals(found, [], value);
  }
  assertEquals(site.problems, []);
});
