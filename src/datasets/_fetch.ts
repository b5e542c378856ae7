import { dirname, join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { makeFolder, writeFileAtomic } from "../formats/files.ts";
import { readArchive } from "../formats/archive.ts";
import { download, reasonOf } from "../formats/download.ts";
import {
  createTemporary,
  temporaryBeside,
  writeAll,
} from "../formats/temporary.ts";
import type { Split } from "../data/folder/mod.ts";
import type { CatalogEntry, RemoteFile } from "./catalog.ts";

/** EMNIST, the largest, has half a gigabyte. */
const limits = { timeout: 30_000, most: 2 ** 30 };

/**
 * Fetches a part of a data set into a folder, or where it comes as an archive
 * all of it. A file is stored only where its digest is right.
 *
 * @returns The mirror that had it.
 * @throws {DataError} If no mirror has the right files.
 */
export async function fetchEntry(
  entry: CatalogEntry,
  split: Split,
  folder: string,
): Promise<string> {
  const { archive, files, mirrors, title } = entry;
  const wanted = archive === undefined ? files![split] : [archive];
  const failures: string[] = [];
  for (const mirror of mirrors) {
    try {
      for (const file of wanted) await fetchFile(mirror, file, folder, archive);
      return mirror;
    } catch (error) {
      failures.push(`${mirror}: ${reasonOf(error)}`);
    }
  }
  throw new DataError(describe({
    what: `${title} is not in ${folder} and could not be fetched`,
    got: failures.join("; "),
    help: `Put ${wanted.map(({ name }) => name).join(" and ")}` +
      (archive === undefined ? "" : ", unpacked,") + ` into ${folder}.`,
  }));
}

/** Fetches a file beside its place, looks at its digest, and puts it there. */
async function fetchFile(
  mirror: string,
  { digest, name }: RemoteFile,
  folder: string,
  archive: CatalogEntry["archive"],
): Promise<void> {
  const path = join(folder, name);
  const temporary = temporaryBeside(path);
  try {
    const [[kind, expected]] = Object.entries(digest);
    const got = await store(`${mirror}${name}`, temporary, kind);
    if (got !== expected) {
      const what = `${name} has ${kind === "md5" ? "MD5" : "SHA-256"}`;
      throw new DataError(`${what} ${got} instead of ${expected}`);
    }
    if (archive === undefined) {
      return await Deno.rename(temporary, path);
    }
    for await (const member of readArchive(temporary, archive.members)) {
      await writeFileAtomic(join(folder, member.name), member.bytes);
    }
  } finally {
    await Deno.remove(temporary).catch(() => {}); // It has its place, or none.
  }
}

/** Writes what an address has into a file, piece by piece; gives its digest. */
async function store(
  url: string,
  path: string,
  digest: string,
): Promise<string> {
  // Here, since a page loads this module too, and fetches no data sets.
  const { createHash } = await import("node:crypto");
  const hash = createHash(digest);
  let file: Deno.FsFile | null = null;
  try {
    for await (const piece of download(url, limits)) {
      if (file === null) {
        await makeFolder(dirname(path));
        file = await createTemporary(path);
      }
      hash.update(piece);
      await writeAll(file, piece);
    }
  } finally {
    file?.close();
  }
  return hash.digest("hex");
}
