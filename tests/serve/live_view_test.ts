import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Page } from "npm:puppeteer-core@25.16.0";
import { LiveView, type LiveViewOptions } from "../../src/serve/live_view.ts";
import {
  rangeOf,
  smoothed,
  thinned,
  ticks,
} from "../../src/serve/chart/curve.ts";
import type { News } from "../../src/serve/live/protocol.ts";
import type { EpochResult, StepResult } from "../../src/training/mod.ts";
import { browserTest } from "../_browser.ts";
import { countedAnswer, countPage } from "../coverage/page_counts.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

const watched = {
  title: "runs/now",
  facts: { network: "cnn", data: "<b>data</b>" },
  epochs: 2,
  canSave: true,
  history: [],
};

/** Steps of an epoch of 4, whose losses are 4, 3, 2, 1, each read. */
function steps(epoch: number): StepResult[] {
  const known = { epoch, epochs: 2, steps: 4, totalRows: 38, lr: 0.01 };
  return [4, 3.5, 3, 2.5].map((loss, index) => ({
    ...{ ...known, loss, imagesPerSecond: 100, readStep: index + 1 },
    ...{ step: index + 1, rows: Math.min(38, 10 * (index + 1)), acc: 0.5 },
  }));
}

const epoch: EpochResult = {
  ...{ epoch: 1, loss: 2.5, acc: 0.5, valLoss: 1.5, valAcc: 0.75, lr: 0.01 },
  ...{ trainSeconds: 1, evalSeconds: 1, imagesPerSecond: 100 },
};

const other = {
  name: "before <i>",
  ...{ lr: 0.1, batchSize: 50 },
  trained: [{ epoch: 1, loss: 2, accuracy: 0.25 }],
  measured: [
    { epoch: 1, loss: 1, accuracy: 0.5 },
    { epoch: 2, loss: 0.5, accuracy: 0.875 },
  ],
  best: { epoch: 2, loss: 0.5, accuracy: 0.875 },
};

function openView(options: Partial<LiveViewOptions> = {}): LiveView {
  return new LiveView({
    stop() {},
    runs: () => Promise.resolve([]),
    ...options,
  });
}

function ask(
  view: LiveView,
  path: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = { host: "127.0.0.1:8000", ...init.headers };
  const url = new URL(path, "http://127.0.0.1:8000");
  return view.fetch(new Request(url, { ...init, headers }));
}

/** The data of the messages of a stream, as far as it is here. */
async function newsOf(response: Response): Promise<News[]> {
  const text = await response.text();
  return [...text.matchAll(/^event: news\ndata: (.*)\n\n/gm)]
    .map(([, data]) => JSON.parse(data));
}

Deno.test("a view tells means over the steps between two readings", async () => {
  const view = openView();
  view.begin(watched);
  for (const step of steps(1).slice(0, 2)) view.step(step);
  const events = await ask(view, `${view.path}events`);
  view.step(steps(1)[2]);
  // Not read anew: no point.
  view.step({ ...steps(1)[3], step: 3, readStep: 3 });
  view.step(steps(1)[3]);
  view.epoch(epoch);
  view.end("Finished");
  const news = await newsOf(events);
  assertEquals(news.map(({ status }) => status), ["Training", "Finished"]);
  assertEquals(news.map(({ isOver }) => isOver), [false, true]);
  assertEquals(news[0].steps, [[0.25, 4, 0.5], [0.5, 3, 0.5]]);
  assertEquals(news[1].steps, [[0.75, 2, 0.5], [1, 1, 0.5]]);
  assertEquals(news[1].measured, [{ epoch: 1, loss: 1.5, accuracy: 0.75 }]);
});

Deno.test("a view without a listener keeps points, and bounds them", async () => {
  const view = openView();
  view.begin(watched);
  const [step] = steps(1);
  const many = { ...step, epochs: 1, steps: 100_000, totalRows: 100_000 };
  for (let number = 1; number <= 50_000; number++) {
    view.step({ ...many, step: number, readStep: number, rows: number });
  }
  const events = await ask(view, `${view.path}events`);
  view.end("Finished");
  const [{ steps: points }] = await newsOf(events);
  assert(points.length <= 20_000, `${points.length} points`);
  assertAlmostEquals(points.at(-1)![0], 0.5, 1e-9);
  assertAlmostEquals(points[0][1]!, 4, 1e-9);
});

Deno.test("NaN is null, and what is over says so to whoever comes", async () => {
  const view = openView();
  view.begin(watched);
  view.step({ ...steps(1)[0], acc: NaN });
  view.end("Stopped");
  const events = await ask(view, `${view.path}events`);
  view.end("Stopped");
  const [first] = await newsOf(events);
  assertEquals([first.isOver, first.steps], [true, [[0.25, 4, null]]]);
});

Deno.test("only who has the address gets in, from no other page", async () => {
  let stops = 0;
  const view = openView({ stop: () => stops++ });
  view.begin({ ...watched, canSave: false });
  const { path } = view;
  const post = { method: "POST" };
  const status = async (
    path: string,
    init: RequestInit & { headers?: Record<string, string> } = {},
  ) => {
    const response = await ask(view, path, init);
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await status(path), 200);
  for (
    const wrong of [
      ...["/", "/view.js", "/events", "/stop", path.slice(0, -2)],
      ...[`${path}x`, `${path}../stop`, `${path}..%2f..%2fdeno.json`],
      ...[`${path}view.css/`, `/${"0".repeat(32)}/stop`, `${path}stop`],
    ]
  ) assertEquals(await status(wrong), 404, wrong);
  assertEquals(await status("/stop", post), 404);
  assertEquals(await status(path, post), 404);
  const evil = { ...post, headers: { origin: "http://evil.example" } };
  assertEquals(await status(`${path}stop`, evil), 403);
  const rebound = { ...post, headers: { host: "evil.example:8000" } };
  assertEquals(await status(`${path}stop`, rebound), 421);
  assertEquals(await status(`${path}save`, post), 409);
  assertEquals([stops, view.takeSave()], [0, false]);
  const own = { ...post, headers: { origin: "http://127.0.0.1:8000" } };
  assertEquals(await status(`${path}stop`, own), 202);
  assertEquals(stops, 1);
  view.begin(watched);
  assertEquals(await status(`${path}save`, own), 202);
  assertEquals([view.takeSave(), view.takeSave()], [true, false]);
});

Deno.test("a seventeenth page is refused until another closes", async () => {
  const view = openView();
  view.begin(watched);
  const events = () => ask(view, `${view.path}events`);
  const open: Response[] = [];
  for (let page = 0; page < 16; page++) open.push(await events());
  const refused = await events();
  assertEquals(refused.status, 503);
  await refused.body?.cancel();
  await open.pop()!.body?.cancel();
  open.push(await events());
  assertEquals(open.at(-1)?.status, 200);
  view.end("Finished");
  for (const response of open) await response.body?.cancel();
});

Deno.test("every answer has a policy that lets in nothing else", async () => {
  const view = openView();
  for (const path of ["", "view.css", "view.js", "runs.json", "none"]) {
    const { body, headers } = await ask(view, view.path + path);
    await body?.cancel();
    const policy = headers.get("content-security-policy")!;
    assert(/default-src 'none'/.test(policy), policy);
    assert(!/unsafe|\*|blob/.test(policy), policy);
    assertEquals(headers.get("referrer-policy"), "no-referrer");
    assertEquals(headers.get("cache-control"), "no-store");
  }
});

Deno.test("smoothing forgets its start; ticks are round; outliers are cut", () => {
  const flat = smoothed([[0, 3], [1, 3], [2, 3]], 0.9);
  for (const [, value] of flat) assertAlmostEquals(value, 3, 1e-12);
  const [, [, second]] = smoothed([[0, 0], [1, 1]], 0.5);
  assertAlmostEquals(second, 2 / 3, 1e-12);
  assertEquals(ticks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assertEquals(ticks(0.93, 0.99), [0.94, 0.96, 0.98]);
  const curve = Array.from(
    { length: 300 },
    (_, x) => [x, x === 0 ? 99 : 1] as const,
  );
  assert(rangeOf([curve], 10, "high").high < 2);
  assert(rangeOf([curve], 10, "low").high > 98);
  const line = [[0, 3], [1, 6], [2, 0], [3, 5], [4, 7]] as const;
  assertEquals(thinned(line, 5), [...line]);
  assertEquals(thinned(line, 2), [[2, 3], [4, 6]]);
});

/** Begins the training that is watched, and trains an epoch of it. */
function begin(view: LiveView): void {
  view.begin(watched);
  for (const step of steps(1)) view.step(step);
  view.epoch(epoch);
}

/** The page of a view in a browser, and what goes wrong there. */
async function opened(page: Page, options: Partial<LiveViewOptions> = {}) {
  const view = openView(options);
  begin(view);
  const site = await visited(page, view);
  await page.waitForSelector("#loss path.smooth[d^=M]");
  return site;
}

/** The page of a view, whatever that shows. */
async function visited(page: Page, view: LiveView) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => await countedAnswer(request, await view.fetch(request)),
  );
  const store = await countPage(page);
  const address = `http://127.0.0.1:${server.addr.port}${view.path}`;
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^data:/.test(url) && !url.startsWith(address)) problems.push(url);
  });
  await page.goto(address);
  return {
    view,
    problems,
    async [Symbol.asyncDispose]() {
      view.end("Finished");
      await store();
      await page.close();
      await server.shutdown();
    },
  };
}

const text = async (page: Page, id: string) =>
  await page.evaluate(`document.getElementById("${id}").textContent`) as string;

const waitFor = (page: Page, condition: string) =>
  page.waitForFunction(condition, { timeout: 20_000 });

browserTest("live view: curves grow, are read and smoothed", async (page) => {
  await using site = await opened(page);
  assertEquals(await text(page, "title"), "runs/now");
  assertEquals(
    await text(page, "facts"),
    "networkcnndata<b>data</b>",
  );
  const path = (kind: string) =>
    page.evaluate(
      `document.querySelector("#loss path.${kind}").getAttribute("d")`,
    ) as Promise<string>;
  const before = await path("step");
  assertEquals(before.split("L").length, 4);
  for (const step of steps(2).slice(0, 2)) site.view.step(step);
  await waitFor(
    page,
    `document.getElementById("numbers").textContent.startsWith("epoch 2 of 2")`,
  );
  await waitFor(
    page,
    `document.querySelector("#loss path.step").getAttribute("d")
      .split("L").length === 6`,
  );
  const smooth = await path("smooth");
  await page.evaluate(`(() => {
    const input = document.getElementById("smoothing");
    input.value = "0";
    input.dispatchEvent(new Event("input"));
  })()`);
  await waitFor(
    page,
    `document.querySelector("#loss path.smooth").getAttribute("d") !==
      ${JSON.stringify(smooth)}`,
  );
  assertEquals(await path("smooth"), await path("step"));
  // By mouse: the middle of two epochs is the end of the first.
  const box = (await (await page.$("#loss"))!.boundingBox())!;
  await page.mouse.move(
    box.x + 48 + (box.width - 60) / 2,
    box.y + box.height / 2,
  );
  await waitFor(
    page,
    `document.getElementById("loss-values").textContent ===
      "epoch 1.00 – this training: step 1.0000, smoothed 1.0000, measured 1.5000"`,
  );
  await page.evaluate(`document.getElementById("accuracy").focus()`);
  await page.keyboard.press("ArrowLeft");
  await waitFor(
    page,
    `document.getElementById("accuracy-values").textContent
      .startsWith("epoch 1.48")`,
  );
  assertEquals(site.problems, []);
});

browserTest(
  "live view: before a training there is nothing to read",
  async (page) => {
    await using site = await visited(page, openView());
    await waitFor(
      page,
      `document.getElementById("numbers").textContent === "–"`,
    );
    await waitFor(
      page,
      `document.getElementById("loss-values").textContent === "–"`,
    );
    assertEquals(await text(page, "status"), "Starting");
    await page.evaluate(`document.getElementById("loss").focus()`);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("a");
    assertEquals(await text(page, "loss-values"), "–");
    begin(site.view);
    await page.waitForSelector("#loss path.smooth[d^=M]");
    assertEquals(await text(page, "title"), "runs/now");
    // Where the key pointed: a hundredth of an epoch.
    await waitFor(
      page,
      `document.getElementById("loss-values").textContent
        .startsWith("epoch 0.01 – ")`,
    );
    assertEquals(site.problems, []);
  },
);

browserTest(
  "live view: four trainings beside it, one of them without an epoch",
  async (page) => {
    const none = { trained: [], measured: [], best: null };
    const runs = [1, 2, 3, 4, 5].map((number) => ({
      ...other,
      name: `run ${number}`,
      ...number === 1 ? none : {},
    }));
    await using site = await opened(page, {
      runs: () => Promise.resolve(runs),
    });
    await page.waitForSelector("#others tr:nth-child(5) input");
    const row = (number: number) => `#others tr:nth-child(${number})`;
    const swatches = () =>
      page.evaluate(
        `Array.from(document.querySelectorAll("#others .swatch"),
          ({ className }) => className.replace("swatch run-", ""))`,
      );
    const cells = await page.evaluate(
      `Array.from(document.querySelectorAll("${row(1)} td"),
        ({ textContent }) => textContent)`,
    );
    assertEquals(cells, [" run 1", "–", "–", "0", "0.1", "50"]);
    for (const number of [1, 2, 3, 4, 5]) {
      await page.click(`${row(number)} input`);
    }
    // A fifth has no colour.
    assertEquals(await swatches(), ["1", "2", "3", "4", "none"]);
    assertEquals(await page.$(`${row(5)} input:checked`), null);
    await page.click(`${row(2)} input`);
    await page.click(`${row(5)} input`);
    assertEquals(await swatches(), ["1", "none", "3", "4", "2"]);
    await waitFor(
      page,
      `document.getElementById("loss-values").textContent.includes("run 5: ")`,
    );
    assertEquals(site.problems, []);
  },
);

browserTest("live view: a refusal is told", async (page) => {
  await using _site = await opened(page);
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (request.method() === "GET") request.continue();
    else request.respond({ status: 403 });
  });
  // The next news takes its place.
  await page.evaluate(`(() => {
    globalThis.told = [];
    const status = document.getElementById("status");
    new MutationObserver(() => told.push(status.textContent))
      .observe(status, { childList: true });
  })()`);
  await page.click("#stop");
  await waitFor(page, `told.includes("stop was refused")`);
});

browserTest("live view: stop, save, another run and the end", async (page) => {
  let stops = 0;
  await using site = await opened(page, {
    stop: () => stops++,
    runs: () => Promise.resolve([other]),
  });
  await page.click("#save");
  while (!site.view.takeSave()) {
    await new Promise((done) => setTimeout(done, 5));
  }
  site.view.note("saved at step 4 of epoch 1");
  await waitFor(
    page,
    `document.getElementById("status").textContent.includes("saved at step 4")`,
  );
  assert((await text(page, "others")).startsWith(" before <i>0.87500"));
  await page.click("#others input");
  await waitFor(page, `document.querySelectorAll("#loss .run-1").length > 2`);
  await waitFor(
    page,
    `document.getElementById("loss-values").textContent.includes(
      "before <i>: smoothed 2.0000, measured 1.0000")`,
  );
  await page.click("#stop");
  await waitFor(
    page,
    `document.getElementById("status").textContent.startsWith("Stopping")`,
  );
  assertEquals(stops, 1);
  site.view.end("Stopped");
  await waitFor(
    page,
    `document.getElementById("status").textContent === "Stopped" &&
      document.getElementById("save").disabled`,
  );
  assertEquals(site.problems, []);
});

browserTest(
  "live view: narrow, dark, and nothing for axe-core",
  async (page) => {
    await using site = await opened(page, {
      runs: () => Promise.resolve([other]),
    });
    await page.waitForSelector("#others input");
    await page.setBypassCSP(true);
    await page.reload();
    await page.waitForSelector("#others input");
    const { default: axe } = await import("npm:axe-core@4.10.3");
    await page.evaluate(axe.source);
    for (const value of ["light", "dark"]) {
      await page.emulateMediaFeatures([{
        name: "prefers-color-scheme",
        value,
      }]);
      for (const width of [400, 1280]) {
        await page.setViewport({ width, height: 900 });
        const isTooWide = await page.evaluate(
          "document.documentElement.scrollWidth > innerWidth",
        );
        assertEquals(isTooWide, false, `${value}, ${width}`);
      }
      const found = await page.evaluate(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
        id + ": " + nodes.map(({ html }) => html).join(" ")))`,
      );
      assertEquals(found, [], value);
    }
    assertEquals(site.problems, []);
  },
);
