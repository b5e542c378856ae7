import type { ElementHandle, Page } from "npm:puppeteer-core@25.16.0";
import type { ModelCard } from "../../src/serve/mod.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { countedAnswer, countPage } from "../coverage/page_counts.ts";
import { openService } from "./_service.ts";

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

/** The steps of a training of 1800 of them, in batches of 100. */
export const trainingSteps = 90;

/** How a page is served. */
interface Serving {
  /** Whether it may share memory with its workers. */
  readonly isIsolated?: boolean;
  readonly card?: ModelCard;
  /** Whether there are images to train on. */
  readonly hasImages?: boolean;
  /** Whether its programs may be those that are counted, which need `using`. */
  readonly isCounted?: boolean;
}

/** Serves the page of a service of its own. */
export async function servedPage(
  {
    card = {},
    hasImages = true,
    isCounted = false,
    isIsolated = true,
  }: Serving = {},
) {
  const samples = [0, 1, 2].map((index) => ({
    label: labels[index],
    pixels: testDigit(index),
  }));
  const { device, service } = await openService({
    samples,
    card,
    training: hasImages ? () => Promise.resolve(trainingImages) : null,
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const response = await service.fetch(request);
      if (!isIsolated) response.headers.delete("cross-origin-opener-policy");
      return isCounted ? await countedAnswer(request, response) : response;
    },
  );
  return {
    service,
    address: `http://127.0.0.1:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      device[Symbol.dispose]();
    },
  };
}

/** Opens the page of a service of its own, and notes what goes wrong there. */
export async function opened(page: Page, serving: Serving = {}) {
  const site = await servedPage({ ...serving, isCounted: true });
  const store = await countPage(page);
  const problems = problemsOf(page, site.address);
  // Wide and high enough for the mouse to reach what it clicks without scrolling.
  await page.setViewport({ width: 1120, height: 1000 });
  await page.goto(site.address);
  return {
    service: site.service,
    problems,
    async [Symbol.asyncDispose]() {
      await store();
      await page.close();
      await site[Symbol.asyncDispose]();
    },
  };
}

/** Notes all that a page complains of, and what it asks of other hosts. */
export function problemsOf(page: Page, address: string): string[] {
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
  return problems;
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
export async function shows(page: Page, digit: string): Promise<Look> {
  await until(
    page,
    `document.getElementById("digit").textContent === "${digit}" &&
     document.querySelector("#result[aria-busy=false]") !== null`,
  );
  return await page.evaluate(look) as Look;
}

/** Waits until something holds in the page. */
export async function until(page: Page, condition: string): Promise<void> {
  try {
    await page.waitForFunction(condition, { timeout: 60_000 });
  } catch (error) {
    const { message } = error as Error;
    const seen = JSON.stringify(await page.evaluate(look));
    throw new Error(`${message}: ${condition}: ${seen}`, { cause: error });
  }
}

/** Waits until the status has this text. */
export async function says(page: Page, text: string): Promise<void> {
  const quoted = JSON.stringify(text);
  await until(
    page,
    `document.getElementById("status").textContent.includes(${quoted})`,
  );
}

/** A point of the paper, in parts of its sides. */
export type Point = readonly [right: number, down: number];

/** Draws lines through points. */
export async function draw(page: Page, points: readonly Point[]) {
  const box = await (await page.$("#paper"))!.boundingBox();
  const { height, width, x, y } = box!;
  const to = ([right, down]: Point) =>
    [x + right * width, y + down * height] as const;
  await page.mouse.move(...to(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) {
    await page.mouse.move(...to(point), { steps: 8 });
  }
  await page.mouse.up();
}

/** An input of files, as the driver knows it. */
type FileInput = ThisParameterType<ElementHandle["uploadFile"]>;

/** Chooses files where a button of the page asks for them. */
export async function choose(
  page: Page,
  id: string,
  ...paths: string[]
): Promise<void> {
  const input = await page.$(`#${id}-file`);
  await (input as FileInput).uploadFile(...paths);
}

/** The text of an element. */
export async function text(page: Page, selector: string): Promise<string> {
  return await page.evaluate(
    `document.querySelector(${JSON.stringify(selector)}).textContent`,
  ) as string;
}

/** A seven and a one, somewhere on the paper. */
export const seven: Point[] = [[0.3, 0.2], [0.6, 0.2], [0.45, 0.85]];
export const one: Point[] = [[0.5, 0.15], [0.5, 0.85]];

/** The page shows hundredths of a per cent: 1e-4, and half of one. */
export const tolerance = 1e-4 + 5e-5;
