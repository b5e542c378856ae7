/**
 * `deno task coverage`: which lines and branches of `src/` the tests run, the
 * programs that they start among them. Runs a few test files at a time and merges
 * what they leave, since all of them at once leave hundreds of thousands of
 * files; lists the folders, and of the files below 95 % the lines that nothing
 * runs, `20?` being a line with a branch that nothing takes. The arguments are
 * paths of tests, default all of them; `--of src/cli` lists these files alone.
 * What `unreached.ts` lists with a reason is not listed, as long as it is true.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { dirname, fromFileUrl, join } from "@std/path";
import { type Counted, missedLines, sharesOf } from "./lcov.ts";
import { Measurement } from "./measure.ts";
import { checkUnreached } from "./unreached.ts";

/** Test files of a run. */
const together = 12;

/** The least share of lines and branches, in percent. */
const least = 95;

const root = fromFileUrl(new URL("../..", import.meta.url));

/** The test files of a folder, or the file itself. */
async function* testFiles(path: string): AsyncGenerator<string> {
  if (path.endsWith("_test.ts")) yield path;
  if (path.endsWith(".ts")) return;
  for await (const entry of Deno.readDir(join(root, path))) {
    const isTest = entry.name.endsWith("_test.ts");
    if (entry.isDirectory || isTest) yield* testFiles(join(path, entry.name));
  }
}

/** Lines and branches of some files, and the lesser share of both. */
function rowOf(name: string, files: readonly Counted[]) {
  const { branches, branchesTaken, lines, linesRun } = sharesOf(files);
  const share = (run: number, of: number) => of === 0 ? 100 : 100 * run / of;
  const text = `${name}: lines ${share(linesRun, lines).toFixed(1)} % ` +
    `(${linesRun} of ${lines}), branches ` +
    `${share(branchesTaken, branches).toFixed(1)} % ` +
    `(${branchesTaken} of ${branches})`;
  return {
    text,
    least: Math.min(share(linesRun, lines), share(branchesTaken, branches)),
  };
}

const given = parseArgs(Deno.args, { string: ["of"], collect: ["of"] });
const listed = given.of.length > 0 ? given.of : ["src"];
const files: string[] = [];
for (const path of given._.length > 0 ? given._ : ["tests"]) {
  for await (const file of testFiles(String(path))) files.push(file);
}
files.sort();
const measurement = new Measurement();
let allPassed = true;
for (let start = 0; start < files.length; start += together) {
  const group = files.slice(start, start + together);
  console.log(`${start} of ${files.length} test files`);
  const began = performance.now();
  allPassed = await measurement.run(group) && allPassed;
  const seconds = (performance.now() - began) / 1000;
  console.log(`${dirname(group[0])} and so on: ${seconds.toFixed(0)} s`);
}
const counted = (await measurement.counted())
  .filter(({ path }) => listed.some((folder) => path.startsWith(folder)));
const faults: string[] = [];
for (const file of counted) {
  const row = rowOf(file.path, [file]);
  const text = await Deno.readTextFile(join(root, file.path));
  const known = checkUnreached(file, text);
  faults.push(...known.faults);
  const missed = missedLines(file, known.lines);
  if (row.least < least && missed.length > 0) {
    console.log(`${row.text}: ${missed}`);
  }
}
const folders = Map.groupBy(
  counted,
  ({ path }) => path.split("/").slice(0, 2).join("/"),
);
for (const [folder, inside] of folders) {
  console.log(rowOf(folder, inside).text);
}
const total = rowOf("all files", counted);
console.log(total.text);
for (const fault of faults) console.log(`unreached.ts: ${fault}`);
const isEnough = total.least >= least && faults.length === 0;
Deno.exit(allPassed && isEnough ? 0 : 1);
