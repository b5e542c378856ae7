/**
 * `deno task bench:readers [--only TEXT]`: processor time that the readers of
 * files take for big right files and for hostile ones, beside what they may take:
 * a second, and one for each 20 MB of the greater of file and wanted content. The
 * exit status is 1 where one takes longer.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { table } from "../../src/base/table.ts";
import { HOSTILE } from "../fuzz/hostile.ts";
import { ReaderProcess } from "../fuzz/reader_process.ts";
import type { ReaderName } from "../fuzz/readers.ts";
import { BIG } from "./_big_files.ts";

/** Bytes in a second. */
const LEAST_SPEED = 20e6;

/** A reader that takes longer has no end. */
const LONGEST = 300;

const { values } = parseArgs({ options: { only: { type: "string" } } });
const all: readonly {
  name: string;
  reader: ReaderName;
  wanted: number;
  bytes(): Uint8Array | Promise<Uint8Array>;
}[] = [
  ...BIG.map(({ content, ...file }) => ({ ...file, wanted: content })),
  ...HOSTILE.map(({ wanted = 0, ...file }) => ({ ...file, wanted })),
];

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const rows: string[][] = [];
let slow = 0;
for (const { bytes, name, reader, wanted } of all) {
  if (!`${reader}: ${name}`.includes(values.only ?? "")) continue;
  const file = await bytes();
  await using process = new ReaderProcess(reader, LONGEST);
  const ending = await process.read(file);
  const size = Math.max(file.length, wanted);
  const bound = 1 + size / LEAST_SPEED;
  const seconds = "seconds" in ending ? ending.seconds : LONGEST;
  if (seconds > bound) slow++;
  const row = [
    ...[reader, name, megabytes(file.length), megabytes(wanted)],
    ...[ending.kind, seconds.toFixed(2), bound.toFixed(2)],
  ];
  console.error(row.join("  "));
  rows.push(row);
}
const columns = [
  "reader",
  "file",
  "MB",
  "content, MB",
  "ended",
  "s",
  "may take, s",
];
console.log(table([columns, ...rows], 2));
if (slow > 0) Deno.exitCode = 1;
