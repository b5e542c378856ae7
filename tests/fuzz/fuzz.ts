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

/** How many files are read. */
export interface FuzzOptions {
  /** Files, unless the time is over before. */
  readonly runs: number;
  readonly seed: number;
  /**
   * Milliseconds after which no other file is begun, not even to make a fault
   * smaller: one that is stopped takes a minute at each try. Default none.
   */
  readonly milliseconds?: number;
}

/**
 * Reads so many changed files of a format, each time the same ones. What is
 * neither read nor refused rightly is made smaller while it stays so.
 *
 * @throws What keeps files from being read at all.
 */
export async function fuzz(
  specimen: Specimen,
  { milliseconds, runs, seed }: FuzzOptions,
): Promise<Tally> {
  const tally: Tally = { files: 0, read: 0, refused: 0, faults: [] };
  await using process = new ReaderProcess(specimen.reader, SECONDS);
  let message = "";
  const broken: unknown[] = [];
  const endingOf = async (changes: Mutation[]) => {
    try {
      return await process.read(await mutant(specimen, changes));
    } catch (error) {
      broken.push(error);
      throw error;
    }
  };
  const holds = async (changes: Mutation[]) => {
    // Nothing that is tried after it could tell more.
    if (broken.length > 0) return true;
    const ending = await endingOf(changes);
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
    ...milliseconds === undefined
      ? {}
      : { interruptAfterTimeLimit: milliseconds },
  });
  if (broken.length > 0) throw broken[0];
  if (failed && counterexample !== null) {
    const file = await mutant(specimen, counterexample[0]);
    tally.faults.push({ message, file });
  }
  return tally;
}
