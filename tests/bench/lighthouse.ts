/**
 * `deno task bench:lighthouse`: the scores that Lighthouse gives the page which
 * `deno task site` writes, for a telephone and a desktop. npx fetches Lighthouse.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { fromFileUrl, join } from "@std/path";
import { table } from "../../src/base/table.ts";
import { openBrowser } from "../_browser.ts";
import { isolation, serveFiles } from "../serve/_site.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { blockingOf, type Trace } from "./_blocking.ts";

const help = `Lighthouse's scores of the page as files.

Usage: deno task bench:lighthouse [options]

  --runs N         runs for a telephone, and for a desktop (3)
  --slower N       how many times slower than this machine a telephone is (4)
  --site DIR       what deno task site has written (written anew)
  --help           this text`;

/** By npx, since Node is what Lighthouse is made for; 13 needs Node 22. */
const lighthouse = "lighthouse@12.8.2";

/** Seconds after which a browser has opened and loaded all of its own. */
const opening = 5;

/** What the page is shown on. */
const screens = ["telephone", "desktop"] as const;

/** As much of a report as is printed. */
interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number }>>;
  readonly audits: Readonly<
    Record<string, { readonly numericValue: number }>
  >;
}

const categories = ["performance", "accessibility", "best-practices", "seo"];
const milliseconds = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
];

/**
 * One run, as a row of the table.
 *
 * @param port Where the browser takes orders.
 * @param slower How many times slower than this machine a telephone is.
 */
async function run(
  address: string,
  port: string,
  screen: typeof screens[number],
  slower: number,
): Promise<string[]> {
  const isDesktop = screen === "desktop";
  await using folder = await temporaryFolder();
  const { code, stderr } = await new Deno.Command("npx", {
    args: [
      ...["-y", "--prefer-offline", lighthouse, address, "--quiet"],
      ...["--save-assets", `--port=${port}`],
      ...["--output=json", `--output-path=${join(folder.path, "run.json")}`],
      isDesktop
        ? "--preset=desktop"
        : `--throttling.cpuSlowdownMultiplier=${slower}`,
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(join(folder.path, name)));
  const report: Report = await read("run.json");
  const trace: Trace = await read("run-0.trace.json");
  return [
    screen,
    ...categories.map((name) =>
      (100 * report.categories[name].score).toFixed(0)
    ),
    ...milliseconds.map((name) => report.audits[name].numericValue.toFixed(0)),
    blockingOf(trace, isDesktop ? 1 : slower).toFixed(0),
  ];
}

/** Writes the page as files, and serves them as they run fastest. */
async function site(folder: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "site", "--out", folder],
    cwd: fromFileUrl(new URL("../..", import.meta.url)),
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}

const head = [
  ...["screen", "performance", "accessibility", "practices", "seo"],
  ...["paint ms", "largest ms", "blocking ms", "of its own ms"],
];

async function main(): Promise<void> {
  const options = parseArgs(Deno.args, {
    string: ["runs", "site", "slower"],
    boolean: ["help"],
    default: { runs: "3", slower: "4" },
  });
  if (options.help) return console.log(help);
  await using folder = await temporaryFolder();
  if (options.site === undefined) await site(folder.path);
  await using server = serveFiles(options.site ?? folder.path, isolation);
  const browser = await openBrowser([]);
  try {
    // What a browser does when it opens is not the page's.
    await new Promise((resolve) => setTimeout(resolve, 1000 * opening));
    const { port } = new URL(browser.wsEndpoint());
    const rows: string[][] = [];
    for (const screen of screens) {
      for (let done = 0; done < Number(options.runs); done++) {
        const slower = Number(options.slower);
        rows.push(await run(server.address, port, screen, slower));
      }
    }
    console.log(table([head, ...rows], 1));
  } finally {
    await browser.close();
  }
}

if (import.meta.main) await main();
