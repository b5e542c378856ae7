/**
 * `deno task coverage`: which lines and branches of `src/` the tests run, the
 * programs that they start among them. Runs a few test files at a time and merges
 * what they leave, since all of them at once leave hundreds of thousands of
 * files; lists the files below 95 %. The arguments are paths of tests; default
 * all of them.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { mergeScriptCovs, type ScriptCov } from "npm:@bcoe/v8-coverage@1.0.2";

/** Test files of a run. */
const together = 12;

/** The least share of lines and branches, in percent. */
const least = 95;

const root = fromFileUrl(new URL("../..", import.meta.url));
const source = new URL("../../src/", import.meta.url).href;
const merged = new Map<string, ScriptCov>();

/** Runs tests and merges what they cover; whether all of them passed. */
async function measure(files: readonly string[]): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const { success } = await deno([
      ...["test", "--no-check", "--parallel", "--allow-all"],
      ...["--unstable-webgpu", "--reporter=dot", "--coverage-raw-data-only"],
      `--coverage=${folder}`,
      ...files,
    ]);
    const found = new Map<string, ScriptCov[]>();
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".json")) continue;
      const text = await Deno.readTextFile(join(folder, name));
      const script: ScriptCov = JSON.parse(text);
      if (!script.url.startsWith(source)) continue;
      const scripts = found.get(script.url) ?? [];
      found.set(script.url, [...scripts, script]);
    }
    for (const [url, scripts] of found) {
      const earlier = merged.get(url);
      const all = earlier === undefined ? scripts : [earlier, ...scripts];
      merged.set(url, mergeScriptCovs(all)!);
    }
    return success;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Deno's report of all that was merged. */
async function report(): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    for (const script of merged.values()) {
      await Deno.writeTextFile(
        join(folder, `${crypto.randomUUID()}.json`),
        JSON.stringify(script),
      );
    }
    const { stdout } = await deno(["coverage", folder], "piped");
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function deno(
  args: readonly string[],
  stdout: "inherit" | "piped" = "inherit",
) {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout,
    stderr: "inherit",
  }).output();
}

/** The test files of a folder, or the file itself. */
async function* testFiles(path: string): AsyncGenerator<string> {
  if (path.endsWith("_test.ts")) yield path;
  if (path.endsWith(".ts")) return;
  for await (const entry of Deno.readDir(join(root, path))) {
    const isTest = entry.name.endsWith("_test.ts");
    if (entry.isDirectory || isTest) yield* testFiles(join(path, entry.name));
  }
}

const given = Deno.args.length > 0 ? Deno.args : ["tests"];
const files: string[] = [];
for (const path of given) {
  for await (const file of testFiles(path)) files.push(file);
}
files.sort();
let allPassed = true;
for (let start = 0; start < files.length; start += together) {
  const group = files.slice(start, start + together);
  console.log(`${start} of ${files.length} test files`);
  allPassed = await measure(group) && allPassed;
}
// A row is a file, its branches, its functions and its lines, in percent.
const rows = (await report()).split("\n").filter((row) => /^\|.*\d/.test(row))
  .map((row) => row.split("|").slice(1, 5).map((cell) => cell.trim()));
const isTotal = ([name]: string[]) => name === "All files";
const low = rows.filter((row) =>
  !isTotal(row) && (Number(row[1]) < least || Number(row[3]) < least)
);
console.log("file, branches, functions and lines in percent");
for (const row of low) console.log(row.join("  "));
const total = rows.find(isTotal)!;
console.log(`all files: branches ${total[1]}, lines ${total[3]}`);
const isEnough = Math.min(Number(total[1]), Number(total[3])) >= least;
Deno.exit(allPassed && isEnough ? 0 : 1);
