import { assert, assertEquals } from "@std/assert";
import { needs } from "../permissions.ts";
import { HOSTILE } from "./hostile.ts";
import { ReaderProcess } from "./reader_process.ts";

needs(import.meta.url, "env", "read", "run", "write");

const MEGABYTE = 2 ** 20;

/** A reader may take 64 MB for any file; the collector has not found the rest. */
const LEAST = 96 * MEGABYTE;

/** And so many times the file, or what is wanted of it. */
const FACTOR = 4;

/** The rule is bytes, not time: this only ends what has no end. */
const SECONDS = 300;

for (const { bytes, isRight = false, name, reader, wanted = 0 } of HOSTILE) {
  Deno.test(`${reader}: ${name} takes little memory`, async () => {
    const file = await bytes();
    await using process = new ReaderProcess(reader, SECONDS);
    const { kind, message, peakBytes } = await process.read(file);
    assertEquals(kind, isRight ? "read" : "refused", message);
    const taken = peakBytes - process.startBytes - file.length;
    const most = LEAST + FACTOR * Math.max(file.length, wanted);
    assert(taken <= most, `${taken / MEGABYTE} of ${most / MEGABYTE} MB`);
  });
}
