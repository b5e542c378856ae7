import * as fc from "npm:fast-check@4.11.0";
import { DataError, FormatError } from "../../src/base/errors.ts";
import type { Specimen } from "./corpus.ts";
import { type FormatName, FORMATS } from "./differential_formats.ts";
import { mutant, mutations } from "./mutation.ts";
import { reasonFor } from "./reasons.ts";
import type { Reference } from "./reference.ts";

/** A file that the library read wrongly, or should not have read. */
export interface Fault {
  readonly message: string;
  readonly file: Uint8Array;
}

/** How many files ended how. */
export interface DifferentialTally {
  files: number;
  /** Read by both, with the same content. */
  same: number;
  /** Refused by both. */
  refused: number;
  /** Read by the reference alone. */
  refusedHere: number;
  /** Read by the library alone, with a reason. */
  reasoned: number;
  /** One file of each kind of fault. */
  readonly faults: Map<string, Fault>;
}

/** An empty tally. */
export function emptyTally(): DifferentialTally {
  return {
    ...{ files: 0, same: 0, refused: 0, refusedHere: 0, reasoned: 0 },
    faults: new Map(),
  };
}

/**
 * Reads a specimen, and so many changed files of it, each time the same ones,
 * with the library and with the reference, and adds how that ended.
 */
export async function compareReadings(
  specimen: Specimen,
  format: FormatName,
  { reference, runs, seed, tally }: {
    readonly reference: Reference;
    readonly runs: number;
    readonly seed: number;
    readonly tally: DifferentialTally;
  },
): Promise<void> {
  for (const changes of fc.sample(mutations, { numRuns: runs, seed })) {
    const file = await mutant(specimen, changes);
    await compareReading(file, format, { reference, tally });
  }
}

/** Reads one file with both, and adds how that ended. */
export async function compareReading(
  file: Uint8Array,
  format: FormatName,
  { reference, tally }: {
    readonly reference: Reference;
    readonly tally: DifferentialTally;
  },
): Promise<void> {
  const { read }: FormatReader = FORMATS[format];
  const compare = await read(file).catch((error: unknown) => {
    if (error instanceof DataError || error instanceof FormatError) return null;
    throw error;
  });
  const theirs = await reference.read<never>(format, file);
  tally.files++;
  const fail = (message: string) => {
    const kind = message.replaceAll(/-?\d[\d.]*/g, "N");
    if (!tally.faults.has(kind)) tally.faults.set(kind, { message, file });
  };
  if (theirs.refusal !== undefined) {
    if (compare === null) tally.refused++;
    else if (reasonFor(format, theirs.refusal) !== null) tally.reasoned++;
    else fail(`read, but the reference refuses it: ${theirs.refusal}`);
  } else if (compare === null) tally.refusedHere++;
  else {
    const difference = compare(theirs.content);
    if (difference === null) tally.same++;
    else fail(difference);
  }
}

/** Any format's reader; what the reference's content is, it alone knows. */
interface FormatReader {
  read(file: Uint8Array): Promise<(theirs: never) => string | null>;
}
