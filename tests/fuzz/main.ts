/**
 * `deno task fuzz [--minutes N | --rounds N] [--format F]`: changed files of every
 * format are read or refused, as many as there is time for or a hundred a round.
 * What is neither is stored beside, and the exit status is 1.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { specimens } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

/** Files of a round. */
const RUNS = 100;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    rounds: { type: "string" },
    format: { type: "string" },
  },
});
const rounds = Number(values.rounds ?? Infinity);
const minutes = values.rounds === undefined ? Number(values.minutes) : Infinity;
const all = await specimens();
const names = [...new Set(all.map(({ reader }) => reader))];
const chosen = all.filter(({ reader }) =>
  values.format === undefined || reader === values.format
);
if (!(minutes > 0) || !(rounds > 0) || chosen.length === 0) {
  console.error(
    "fuzz: expected --minutes or --rounds above 0 and --format of " +
      `${names.join(", ")}. ` +
      "Help: Leave out --format for all.",
  );
  Deno.exit(2);
}

const totals = new Map(
  names.map((name) => [name, { files: 0, read: 0, refused: 0, faults: 0 }]),
);
const end = Date.now() + minutes * 60_000;
// The same files in the same order.
for (let seed = 1; seed <= rounds && Date.now() < end; seed++) {
  for (const specimen of chosen) {
    const rest = end - Date.now();
    if (rest <= 0) break;
    const milliseconds = rest === Infinity ? undefined : rest;
    const tally = await fuzz(specimen, { milliseconds, runs: RUNS, seed });
    const total = totals.get(specimen.reader)!;
    total.files += tally.files;
    total.read += tally.read;
    total.refused += tally.refused;
    total.faults += tally.faults.length;
    for (const { file, message } of tally.faults) {
      const path = `fuzz-${specimen.reader.replaceAll(" ", "-")}-${seed}.bin`;
      await Deno.writeFile(path, file);
      console.error(`${specimen.reader}: ${message}\n  stored as ${path}`);
    }
  }
}
console.log("| format | files | read | refused | faults |");
console.log("| ------ | ----: | ---: | ------: | -----: |");
for (const [name, { faults, files, read, refused }] of totals) {
  if (files === 0) continue;
  console.log(`| ${name} | ${files} | ${read} | ${refused} | ${faults} |`);
}
const faults = [...totals.values()].reduce(
  (sum, { faults }) => sum + faults,
  0,
);
if (faults > 0) Deno.exit(1);
