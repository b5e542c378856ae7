import { join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { makeFolder, readFile, writeFileAtomic } from "../formats/files.ts";
import type { DataSource } from "../formats/data_source.ts";
import { reasonOf } from "../formats/download.ts";
import { unpack } from "../formats/gzip.ts";
import { findData, FORMATS, type FoundData } from "./folder/mod.ts";

/** More than any file of MNIST has, in bytes. */
const LARGEST = 2 ** 26;

/** A file with its bytes, raw or packed. */
export interface NamedFile {
  /** Where it lies, for error messages. */
  name: string;
  /** Its content. */
  bytes: Uint8Array;
}

/** MNIST's files with the SHA-256 of what they hold, not packed. */
const CHECKSUMS: Record<string, string> = {
  "train-images-idx3-ubyte":
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte":
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte":
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte":
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
};

/**
 * Fetches files of MNIST, checks and stores them.
 *
 * @returns The name of the source.
 */
export async function fetchMnist(
  directory: string,
  names: readonly string[],
  sources: readonly DataSource[],
): Promise<string> {
  const { files, source } = await fetchFromAny(directory, names, sources);
  await makeFolder(directory);
  for (const { name, bytes } of files) {
    await writeFileAtomic(join(directory, name), bytes);
  }
  return source;
}

/** Whether a folder holds MNIST itself, to the bit. */
export async function areOriginals(directory: string): Promise<boolean> {
  const { data, incomplete } = await findData(
    directory,
    "train",
    FORMATS,
    true,
  );
  const files = (data ?? incomplete)?.files ?? [];
  const checksums = await Promise.all(files.map(checksumOf));
  return Object.values(CHECKSUMS).every((sum) => checksums.includes(sum));
}

/** The first file of a data set that is none of MNIST's, or null. */
export async function firstForeign(
  { files }: FoundData,
): Promise<string | null> {
  const originals = Object.values(CHECKSUMS);
  for (const path of files) {
    if (!originals.includes(await checksumOf(path))) return path;
  }
  return null;
}

async function checksumOf(path: string): Promise<string> {
  return await sha256(await unpack(await readFile(path), path));
}

async function fetchFromAny(
  directory: string,
  names: readonly string[],
  sources: readonly DataSource[],
): Promise<{ files: NamedFile[]; source: string }> {
  const errors: Error[] = [];
  for (const source of sources) {
    try {
      const files = [];
      for (const name of names) files.push(await fetchVerified(source, name));
      return { files, source: source.name };
    } catch (error) {
      const reason = `${source.name}: ${reasonOf(error)}`;
      errors.push(new Error(reason, { cause: error }));
    }
  }
  const line = describe({
    what: `MNIST is not in ${directory} and could not be fetched`,
    got: errors.map((error) => error.message).join("; ") || "no source to try",
    help: `Put ${names.join(" and ")}, raw or .gz, into ${directory}.`,
  });
  throw new DataError(line, { cause: new AggregateError(errors) });
}

async function fetchVerified(
  source: DataSource,
  name: string,
): Promise<NamedFile> {
  // Before its checksum is known, a mirror may send anything.
  const bytes = await unpack(await source.fetch(name), name, () => LARGEST);
  const checksum = await sha256(bytes);
  if (checksum === CHECKSUMS[name]) return { name, bytes };
  throw new DataError(
    `${name} has SHA-256 ${checksum} instead of ${CHECKSUMS[name]}`,
  );
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    bytes as Uint8Array<ArrayBuffer>,
  );
  return new Uint8Array(digest).toHex();
}
