import { join } from "@std/path";
import { list } from "../data/folder/listing.ts";
import { placeOf } from "../formats/files.ts";
import { usage } from "./_options.ts";

/** A file that a command reads or writes, by the option that names it. */
export interface Place {
  /** The option, or the file's role: `--out`. */
  readonly option: string;
  /** Its path; "" is none. */
  readonly path: string;
}

/**
 * Refuses files of one call that are one file, whatever their paths: an output
 * that is another output, or an input.
 *
 * @param mayBeOne Pairs of options that may name one file: a training that goes
 * on writes the checkpoint that it came from.
 */
export async function checkDistinct(
  command: string,
  { inputs, outputs }: {
    readonly inputs: readonly Place[];
    readonly outputs: readonly Place[];
  },
  mayBeOne: readonly (readonly [string, string])[] = [],
): Promise<void> {
  const named = ({ path }: Place) => path !== "";
  const others: (Place & { place: string })[] = [];
  for (const input of inputs.filter(named)) {
    others.push({ ...input, place: await placeOf(input.path) });
  }
  for (const { option, path } of outputs.filter(named)) {
    const place = await placeOf(path);
    const same = others.find((other) =>
      other.place === place &&
      !mayBeOne.some((pair) =>
        pair.includes(option) && pair.includes(other.option)
      )
    );
    if (same !== undefined) {
      const where = same.path === path ? path : `${same.path} and ${path}`;
      throw usage(
        command,
        `${same.option} and ${option} are one file: ${where}`,
      );
    }
    others.push({ option, path, place });
  }
}

/** Names of files that a data set is read from. */
const dataName = /(ubyte|idx\d|^(train|test)\.csv)(\.gz)?$|\.bin$|^mnist\.npz$/;

/**
 * The files of a data set in a folder, or the one that it is itself; none where
 * none is named, or nothing is there yet.
 */
export async function dataFilesIn(folder: string): Promise<string[]> {
  // Deno refuses an empty path with a permission for some files alone.
  const listing = folder === "" ? null : await list(folder);
  if (listing === null) return [];
  const { files, path } = listing;
  // A file has the listing of its folder, in which it is alone.
  const named = path === folder
    ? files.filter((name) => dataName.test(name))
    : files;
  return named.map((name) => join(path, name));
}
