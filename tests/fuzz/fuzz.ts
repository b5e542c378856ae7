import * as fc from "npm:fast-check@4.11.0";
import type { Specimen } from "./corpus.ts";
import { mutant, type Mutation, mutations } from "./mutation.ts";
import { ReaderProcess } from "./reader_process.ts";

/** How many files ended how. */
export interface Tally {
  files: number;
  read: number;
  refused: number;
  faults: Fault[];
}

/** A file that a reader neither read nor refused rightly, as small as it gets. */
export interface Fault {
  readonly message: string;
  readonly file: Uint8Array;
}

/** How long a small file may take before its process is stopped, in seconds. */
const SECONDS = 60;

/** What a reader may have taken for small files, all in all, in bytes. */
const MOST_BYTES = 1.5e9;

/**
 * Reads so many changed files of a format, each time the same ones. What is
 * neither read nor refused rightly is made smaller while it stays so.
 */
export async function fuzz(
  specimen: Specimen,
  { runs, seed }: { runs: number; seed: number },
): Promise<Tally> {
  const tally: Tally = { files: 0, read: 0, refused: 0, faults: [] };
  await using process = new ReaderProcess(specimen.reader, SECONDS);
  let message = "";
  const holds = async (changes: Mutation[]) => {
    const ending = await process.read(await mutant(specimen, changes));
    tally.files++;
    if (ending.kind === "read") tally.read++;
    if (ending.kind === "refused") tally.refused++;
    const isRight = ["read", "refused"].includes(ending.kind) &&
      ending.peakBytes < MOST_BYTES;
    if (!isRight) {
      message = `${ending.kind}, ${ending.peakBytes} bytes: ${ending.message}`;
    }
    return isRight;
  };
  const property = fc.asyncProperty(mutations, holds);
  const { counterexample, failed } = await fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure: false,
  });
  if (failed && counterexample !== null) {
    const file = await mutant(specimen, counterexample[0]);
    tally.faults.push({ message, file });
  }
  return tally;
}
