import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { parse } from "npm:acorn@8.19.0";
import { simple } from "npm:acorn-walk@8.3.5";
import { pack } from "../../src/formats/gzip.ts";
import { licenses } from "../../src/serve/page/licenses.ts";
import { browserTest } from "../_browser.ts";
import { run, writeDigits } from "../cli/_program.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { writeIdx } from "../../src/formats/mod.ts";
import { isolation, serveFiles } from "./_site.ts";
import { draw, problemsOf, says, seven, shows, until } from "./_page.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

/** The most that the page and its programs take on the way, packed. */
const mostBytes = 400_000;

/** Writes a data set of the hundred test images, ten times. */
async function writeImages(folder: string): Promise<void> {
  const count = 1000;
  const images = new Uint8Array(count * 784);
  for (let row = 0; row < count; row++) {
    images.set(testDigit(row % 100), row * 784);
  }
  const all = Uint8Array.from({ length: count }, (_, row) => labels[row % 100]);
  const file = (name: string, shape: number[], data: Uint8Array) =>
    Deno.writeFile(join(folder, name), writeIdx({ dtype: "u8", shape, data }));
  await file("t10k-images-idx3-ubyte", [count, 28, 28], images);
  await file("t10k-labels-idx1-ubyte", [count], all);
}

/** The kinds of a script's declarations: `const`, `using`, … */
function declarationsOf(script: string): Set<string> {
  const kinds = new Set<string>();
  simple(parse(script, { ecmaVersion: "latest", sourceType: "module" }), {
    VariableDeclaration: ({ kind }) => kinds.add(kind),
  });
  return kinds;
}

for (const isIsolated of [false, true]) {
  const name = isIsolated ? "isolated" : "not isolated";
  browserTest(
    `site: works from any folder, ${name}`,
    async (page) => {
      await using folder = await temporaryFolder();
      await writeImages(folder.path);
      const out = join(folder.path, "a", "site");
      const args = ["--out", out, "--data", folder.path];
      const written = await run("site", ...args);
      assertMatch(written.stdout, /^8 files, [\d.]+ MB, are in /);
      await using server = serveFiles(
        out,
        isIsolated ? isolation : {},
      );
      const problems = problemsOf(page, server.address);
      await page.setViewport({ width: 1120, height: 1000 });
      await page.goto(server.address);
      assertEquals(await page.evaluate("crossOriginIsolated"), isIsolated);
      await says(page, " on cpu (");
      await draw(page, seven);
      await shows(page, "7");
      await page.waitForSelector("#images button:nth-child(20)");
      await page.click("#images button:nth-child(1)");
      await shows(page, String(labels[0]));
      // WebGPU needs no isolation.
      await page.select("#device", "webgpu");
      await says(page, " on webgpu (");
      await shows(page, String(labels[0]));
      await page.select("#device", "cpu");
      await says(page, " on cpu (");
      await page.waitForSelector("#inside:not([hidden])");
      await page.waitForSelector("#start:not([disabled])");
      await page.click("#start");
      await until(
        page,
        `document.querySelector("#runs td")?.textContent === "45 of 45"`,
      );
      await page.waitForSelector("#start:not([disabled])");
      assertEquals(problems, []);
    },
  );
}

Deno.test("site: page and programs are small, and nothing in them is absolute", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const out = join(folder.path, "site");
  const { code, stderr } = await run(
    ...["site", "--out", out, "--data", folder.path],
  );
  assertEquals(code, 0, stderr);
  const names = ["index.html", "page.css", "page.js", "engine.js"];
  let total = 0;
  for (const name of names) {
    const bytes = await Deno.readFile(join(out, name));
    total += (await pack(bytes)).length;
  }
  assert(total <= mostBytes, `${total} bytes`);
  for (const name of ["page.js", "engine.js"]) {
    const script = await Deno.readTextFile(join(out, name));
    const kinds = declarationsOf(script);
    assert(kinds.size > 0 && !kinds.has("using"), [...kinds].join());
  }
  // What takes a telephone long the first time.
  const program = await Deno.readTextFile(join(out, "page.js"));
  assertEquals(program.match(/toLocale\w*|\bIntl\b/g), null);
  const html = await Deno.readTextFile(join(out, "index.html"));
  assertEquals(html.match(/(?:src|href)="(?!data:)[^"]*[/:][^"]*"/g), null);
  assertMatch(html, /http-equiv="Content-Security-Policy"/);
});

Deno.test("site: without a data set where it is named, there is no file", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "site");
  const { code, stderr } = await run(
    ...["site", "--out", out, "--data", join(folder.path, "none")],
  );
  assertEquals(code, 1);
  assertMatch(stderr, /\nerror: [^\n]* Help: [^\n]*\n$/);
  assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), []);
});

Deno.test("site: the licences of all that is in it are there", async () => {
  const { default: config } = await import("../../deno.json", {
    with: { type: "json" },
  });
  assert(licenses.includes(config.name));
  const own = await Deno.readTextFile(
    new URL("../../LICENSE", import.meta.url),
  );
  assert(licenses.includes(own.trim()));
  await import("npm:@zip.js/zip.js@2.24.0");
  const zip = import.meta.resolve("npm:@zip.js/zip.js@2.24.0");
  const other = await Deno.readTextFile(
    new URL("LICENSE", zip.replace(/\/(dist|lib)\/.*$/, "/")),
  );
  assert(licenses.includes(other.trim()));
});
