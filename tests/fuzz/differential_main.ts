/**
 * `deno task differential [--rounds N] [--format F]`: whole and changed files of
 * every format that NumPy, PyTorch, ONNX or Pillow reads too, a hundred a round,
 * always the same. What both read has the same content. What the library reads
 * alone has a reason in `reasons.ts`. Any other file is stored beside, and the
 * exit status is 1.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { specimens } from "./corpus.ts";
import { compareReading, compareReadings, emptyTally } from "./differential.ts";
import { formatOf, FORMATS } from "./differential_formats.ts";
import { MODULES, Reference } from "./reference.ts";

/** Files of a round. */
const RUNS = 100;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    format: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const chosen = (await specimens()).flatMap((specimen) => {
  const format = formatOf(specimen.reader);
  const isChosen = values.format === undefined || format === values.format;
  return format === null || !isChosen ? [] : [{ format, specimen }];
});
if (!(rounds > 0) || chosen.length === 0) {
  console.error(
    "differential: expected --rounds above 0 and --format of " +
      `${Object.keys(FORMATS).join(", ")}. Help: Leave out --format for all.`,
  );
  Deno.exit(2);
}

await using reference = await Reference.start();
const missing = MODULES.filter((name) => !reference?.modules.includes(name));
if (missing.length > 0) {
  console.error(
    `LEFT OUT: what ${missing.join(", ")} of Python read: not found. ` +
      "Help: apt-get install python3-numpy python3-onnx python3-pil python3-torch",
  );
}

console.log(
  "| format | files | same | refused | refused here | read here | faults |",
);
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
let number = 0;
for (const format of new Set(chosen.map(({ format }) => format))) {
  if (reference === null || missing.includes(FORMATS[format].module)) continue;
  const tally = emptyTally();
  for (const { format: own, specimen } of chosen) {
    if (own !== format) continue;
    await compareReading(specimen.file, format, { reference, tally });
    for (let seed = 1; seed <= rounds; seed++) {
      const options = { reference, runs: RUNS, seed, tally };
      await compareReadings(specimen, format, options);
    }
  }
  const { faults, files, reasoned, refused, refusedHere, same } = tally;
  const counts = [files, same, refused, refusedHere, reasoned, faults.size];
  console.log(`| ${format} | ${counts.join(" | ")} |`);
  for (const { file, message } of faults.values()) {
    const name = format.replaceAll(/[ .]/g, "-");
    const path = `differential-${name}-${++number}.bin`;
    await Deno.writeFile(path, file);
    console.error(`${format}: ${message}\n  stored as ${path}`);
  }
}
if (number > 0) Deno.exitCode = 1;
