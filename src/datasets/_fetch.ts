import { dirname, join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { makeFolder, writeFileAtomic } from "../formats/files.ts";
import { readArchive } from "../formats/archive.ts";
import type { Split } from "../data/folder/mod.ts";
import type { CatalogEntry, RemoteFile } from "./catalog.ts";

/** Gives up after so many milliseconds without a byte. */
const timeout = 30_000;

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
      const told = error instanceof TypeError && error.cause instanceof Error
        ? error.cause
        : error;
      const message = told instanceof Error ? told.message : String(told);
      failures.push(`${mirror}: ${message.split(/\. Help: |\n/)[0]}`);
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
  const temporary = join(folder, `${name}.${crypto.randomUUID()}.tmp`);
  try {
    const [[kind, expected]] = Object.entries(digest);
    const got = await download(`${mirror}${name}`, temporary, kind);
    if (got !== expected) {
      const what = `${name} has ${kind === "md5" ? "MD5" : "SHA-256"}`;
      throw new DataError(`${what} ${got} instead of ${expected}`);
    }
    if (archive === undefined) {
      return await Deno.rename(temporary, join(folder, name));
    }
    for await (const member of readArchive(temporary, archive.members)) {
      await writeFileAtomic(join(folder, member.name), member.bytes);
    }
  } finally {
    await Deno.remove(temporary).catch(() => {}); // It has its place, or none.
  }
}

/** Writes what an address has into a file, piece by piece; gives its digest. */
async function download(
  url: string,
  path: string,
  digest: string,
): Promise<string> {
  const abort = new AbortController();
  const giveUp = () =>
    abort.abort(new DataError(`no answer for ${timeout / 1000} s`));
  let timer = setTimeout(giveUp, timeout);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new DataError(`HTTP status ${response.status}`);
    }
    await makeFolder(dirname(path));
    using file = await Deno.open(path, { write: true, createNew: true });
    // Here, since a page loads this module too, and fetches no data sets.
    const { createHash } = await import("node:crypto");
    const hash = createHash(digest);
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeout);
      hash.update(chunk);
      for (let at = 0; at < chunk.length;) {
        at += await file.write(chunk.subarray(at));
      }
    }
    return hash.digest("hex");
  } finally {
    clearTimeout(timer);
  }
}
