import { FormatError } from "../base/errors.ts";
import { openWeights } from "../formats/weights.ts";

/** How good weights are, and on what that was measured. */
export interface Measured {
  /** Accuracy on the data. */
  readonly valAcc: number;
  /** What tells the data from others: `val_data` of the metadata. */
  readonly valData: string;
}

/** Where weights go. */
export interface Destination {
  /** The file: the one that was asked for, or one beside it. */
  readonly path: string;
  /** Why the file that was asked for is kept; null where it need not be. */
  readonly kept: string | null;
}

/**
 * Where weights go: to the path that was asked for, or beside it, with their
 * accuracy in the name, where weights are there that measured better, or of which
 * nobody knows whether they did.
 */
export async function destinationOf(
  path: string,
  measured: Measured,
): Promise<Destination> {
  const kept = await whyKept(path, measured);
  if (kept === null) return { path, kept };
  const accuracy = measured.valAcc.toFixed(5);
  for (let count = 1;; count++) {
    const number = count === 1 ? "" : `-${count}`;
    const beside = path.replace(
      /(\.[^./\\]*)?$/,
      `.acc-${accuracy}${number}$1`,
    );
    if (await whyKept(beside, measured) === null) return { path: beside, kept };
  }
}

/** Why what is at a path must not be overwritten, or null. */
async function whyKept(
  path: string,
  { valAcc, valData }: Measured,
): Promise<string | null> {
  if (!await holdsSomething(path)) return null;
  const metadata = await metadataOf(path);
  if (metadata === null) return "it cannot be read";
  const { val_acc = "", val_data } = metadata;
  const theirs = val_acc === "" ? NaN : Number(val_acc);
  if (Number.isNaN(theirs)) return "nothing tells how good it is";
  if (val_data === undefined) return "nothing tells what it was measured on";
  if (val_data !== valData) return "it was measured on other data";
  if (theirs <= valAcc) return null;
  const [better, worse] = [theirs, valAcc].map((value) => value.toFixed(5));
  return `its val_acc is ${better}, that of the new weights ${worse}`;
}

/** Whether a file with content is there; a device or a pipe holds nothing. */
async function holdsSomething(path: string): Promise<boolean> {
  try {
    const { isFile, size } = await Deno.stat(path);
    return isFile && size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The metadata of a file, or null where it is no file of weights. */
async function metadataOf(
  path: string,
): Promise<Readonly<Record<string, string>> | null> {
  try {
    using file = await openWeights(path);
    return file.metadata;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
