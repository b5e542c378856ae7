import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { browserTest } from "../_browser.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { draw, one, opened, says, seven, shows, tolerance } from "./_page.ts";
import { predictionsOf, predictRequest } from "./_service.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

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

for (const kind of ["cpu", "webgpu"]) {
  browserTest(
    `page: what is drawn is seen as it is drawn, on ${kind}`,
    async (page) => {
      await using site = await opened(page);
      await shows(page, "draw something");
      await page.select("#device", kind);
      await says(page, ` on ${kind} (`);
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
    await using site = await opened(page, { isIsolated: false });
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
        assertAlmostEquals(percents[digit] / 100, probability, tolerance);
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
    await using site = await opened(page, { card });
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
  const walked: unknown[] = [];
  for (let count = 0; count < 18; count++) {
    await page.keyboard.press("Tab");
    const id = await focused();
    walked.push(id);
    if (id !== "" || walked.length !== 3) continue;
    await page.keyboard.press("Enter");
    await shows(page, String(labels[0]));
    await page.waitForSelector("#inside:not([hidden])");
  }
  assertEquals(walked, [
    ...[
      "clear",
      "photo",
      // Three test images, and the maps of two convolutions.
      ...["", "", "", "", ""],
      "network",
      "rate",
      "batch",
      "start",
      "data",
    ],
    ...[
      "device",
      "weights",
      "original",
      "save-safetensors",
      "save-pth",
      "licenses",
    ],
  ]);
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
      light: ["rgb(243, 245, 248)", "rgb(27, 31, 36)"],
      dark: ["rgb(14, 18, 23)", "rgb(230, 234, 240)"],
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

browserTest(
  "page: a browser that cannot run the network is told so",
  async (page) => {
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      if (!request.url().endsWith("/engine.js")) request.continue();
      else request.respond({ contentType: "text/javascript", body: "using ?" });
    });
    await using _site = await opened(page);
    await says(page, "The network cannot run in this browser: ");
    await says(page, "Help: Chrome 119, Firefox 121, Safari 17.4");
  },
);

browserTest(
  "page: without its network it says why, and what needs one says so",
  async (page) => {
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      if (!request.url().endsWith("/model.safetensors")) request.continue();
      else request.respond({ body: "no weights" });
    });
    await using _site = await opened(page);
    await says(page, "the page's model");
    await page.click("#save-pth");
    await says(page, "there is no network yet");
    // Nothing looks at it.
    await draw(page, seven);
    const { percents } = await shows(page, "–");
    assertEquals(percents, new Array(10).fill(0));
  },
);

browserTest(
  "page: a network that has ended says so, and a drop of nothing does nothing",
  async (page) => {
    await using site = await opened(page);
    await draw(page, seven);
    const { status } = await shows(page, "7");
    await page.evaluate(
      `document.dispatchEvent(new DragEvent("drop", {
        dataTransfer: new DataTransfer(), cancelable: true }))`,
    );
    assertEquals((await shows(page, "7")).status, status);
    const [worker] = page.workers();
    await worker.evaluate(
      `setTimeout(() => { throw new Error("out of memory"); })`,
    );
    await says(page, "The network has ended: Uncaught Error: out of memory. ");
    await says(page, "Help: Load the page again.");
    assertEquals(site.problems, []);
  },
);

browserTest("page: axe-core finds nothing", async (page) => {
  await using site = await opened(page);
  await page.waitForSelector("#images button:nth-child(3)");
  await page.setBypassCSP(true);
  await page.reload();
  await page.waitForSelector("#images button:nth-child(3)");
  // All that the page can show.
  await draw(page, [[0.2, 0.2], [0.2, 0.8]]);
  await draw(page, [[0.6, 0.2], [0.6, 0.8]]);
  await shows(page, "11");
  await page.waitForSelector("#inside:not([hidden])");
  await page.click("#start");
  await page.waitForSelector("#filters canvas");
  await page.click("#stop");
  await page.waitForSelector("#start:not([disabled])");
  await page.hover(".layer canvas");
  await page.waitForSelector(".sum:not([hidden])");
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
