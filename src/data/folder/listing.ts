import { basename, dirname, join } from "@std/path";
import { DataError, describe } from "../../base/errors.ts";

/** The names in a folder, sorted; hidden ones are left out. */
export interface Listing {
  /** The folder. */
  readonly path: string;
  /** The names of its files. */
  readonly files: readonly string[];
  /** The names of the folders in it. */
  readonly folders: readonly string[];
}

/**
 * Lists a folder; null where nothing is. A file is a folder that holds nothing
 * but it.
 *
 * @throws {DataError} If it can't be read.
 */
export async function list(path: string): Promise<Listing | null> {
  const files: string[] = [];
  const folders: string[] = [];
  try {
    if ((await Deno.stat(path)).isFile) {
      return { path: dirname(path), files: [basename(path)], folders };
    }
    for await (const entry of Deno.readDir(path)) {
      if (entry.name.startsWith(".")) continue;
      const isFolder = entry.isSymlink
        ? await leadsToFolder(join(path, entry.name))
        : entry.isDirectory;
      (isFolder ? folders : files).push(entry.name);
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return null;
    if (cause instanceof Deno.errors.NotADirectory) return null;
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const got = cause instanceof Error ? cause.message : String(cause);
    const what = `cannot list ${path}`;
    const help = "Give a folder that you may read.";
    throw new DataError(describe({ what, got, help }), { cause });
  }
  return { path, files: files.sort(), folders: folders.sort() };
}

async function leadsToFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false; // It leads nowhere: reading it says so.
  }
}
