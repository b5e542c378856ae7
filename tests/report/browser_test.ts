import { assert, assertEquals, assertMatch } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { run, writeDigits } from "../cli/_program.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { browserTest } from "../_browser.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

/** What a page is like, as its own script would see it. */
const look = `({
  title: document.querySelector("h1").textContent,
  charts: Array.from(document.querySelectorAll(".charts svg"), (svg) => {
    const { width, height } = svg.getBoundingClientRect();
    return width > 200 && height > 100;
  }),
  lines: Array.from(
    document.querySelectorAll("[stroke='var(--first)']"),
    (line) => getComputedStyle(line).stroke,
  ),
  images: Array.from(document.images, (image) => image.naturalWidth),
  cells: document.querySelectorAll("#confusion td.right").length,
  background: getComputedStyle(document.body).backgroundColor,
  text: getComputedStyle(document.body).color,
  tooWide: document.documentElement.scrollWidth > innerWidth,
})`;

interface Look {
  title: string;
  charts: boolean[];
  lines: string[];
  images: number[];
  cells: number;
  background: string;
  text: string;
  tooWide: boolean;
}

browserTest(
  "the report opens without an error, by day and by night",
  async (page) => {
    await using folder = await temporaryFolder();
    await writeDigits(folder.path, 60, 60);
    const trained = await run(
      ...["train", "--data", folder.path, "--device", "cpu", "--epochs", "2"],
      ...["--batch-size", "10", "--run", folder.path],
      ...["--out", join(folder.path, "weights.safetensors")],
    );
    assertEquals(trained.stderr, "");
    const address = toFileUrl(join(folder.path, "report.html")).href;

    const problems: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("requestfailed", (request) => problems.push(request.url()));
    page.on("request", (request) => requests.push(request.url()));
    const looks: Look[] = [];
    for (const value of ["light", "dark"]) {
      await page.emulateMediaFeatures([{
        name: "prefers-color-scheme",
        value,
      }]);
      await page.setViewport({
        width: value === "light" ? 1100 : 400,
        height: 900,
      });
      await page.goto(address);
      looks.push(await page.evaluate(look) as Look);
    }
    assertEquals(problems, []);
    const others = requests.filter((url) =>
      url !== address && !url.startsWith("data:image/png;base64,")
    );
    assertEquals(others, []);

    for (const { cells, charts, images, title, tooWide } of looks) {
      assertMatch(title, /^ConvolutionalNeuralNetwork on \S+$/);
      assertEquals(charts, new Array(7).fill(true));
      // The 50 worst images, four with saliency and maps, a row of filters.
      const maps = [28, 28, 8 * 29 + 1, 8 * 15 + 1, 8 * 8 + 1];
      assertEquals(images, [
        ...new Array(50).fill(28),
        ...[maps, maps, maps, maps].flat(),
        16 * 6 + 1,
      ]);
      assert(cells > 0);
      assertEquals(tooWide, false);
    }
    const [light, dark] = looks;
    assertEquals([light.background, dark.background], [
      "rgb(255, 255, 255)",
      "rgb(15, 19, 24)",
    ]);
    assertEquals([light.text, dark.text], [
      "rgb(27, 31, 36)",
      "rgb(230, 234, 240)",
    ]);
    // The curves take the page's colours: variables reach into the SVG.
    assertEquals(new Set(light.lines), new Set(["rgb(31, 111, 235)"]));
    assertEquals(new Set(dark.lines), new Set(["rgb(108, 176, 255)"]));
  },
);
