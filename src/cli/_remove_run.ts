import { join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { list } from "../data/folder/listing.ts";
import { bestPath } from "../training/mod.ts";
import { weightsName } from "../sweep/mod.ts";
import { checkpointName } from "./_found_runs.ts";
import { sweepFile } from "./_sweep_file.ts";
import { sweepPage } from "./_sweep_report.ts";

/** What a training writes into its folder. */
const names = [
  ...[checkpointName, bestPath(checkpointName), "report.html"],
  // Of a trial of a sweep.
  weightsName,
];

/** What a sweep writes into its folder beside its trials. */
const sweepNames = [sweepFile, sweepPage];

/**
 * Removes what a training wrote into its folder, and the folder if nothing else
 * is in it.
 *
 * @returns The names of all else in it, which stay.
 * @throws {DataError} If something cannot be removed.
 */
export async function removeRun(folder: string): Promise<string[]> {
  const before = await list(folder);
  for (const name of before?.files ?? []) {
    if (names.includes(name)) await remove(join(folder, name));
  }
  return await removeEmpty(folder);
}

/** Removes a folder in which nothing is, or says what is in it. */
async function removeEmpty(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(
    Deno.readDir(folder),
    ({ name }) => name,
  );
  if (names.length === 0) await remove(folder);
  return names.sort();
}

/**
 * Removes a folder of seeds' or trials' folders once the last of them is gone,
 * with what a sweep wrote into it.
 */
export async function removeParent(folder: string): Promise<void> {
  const { files = [], folders = [] } = await list(folder) ?? {};
  if (folders.length > 0) return;
  for (const name of files) {
    if (sweepNames.includes(name)) await remove(join(folder, name));
  }
  await removeEmpty(folder);
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new DataError(
      describe({
        what: `cannot delete ${path}`,
        got: (cause as Error).message,
        help: "Delete only what you may write.",
      }),
      { cause },
    );
  }
}
