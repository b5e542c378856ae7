import { exists } from "@std/fs";
import { join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { makeFolder, readFile, writeFileAtomic } from "../formats/files.ts";
import type { DataSource } from "../formats/data_source.ts";
import { unpack } from "../formats/gzip.ts";

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

/** A data set's files, and where they came from. */
export interface FoundFiles {
  /** In the order in which they were asked for. */
  files: NamedFile[];
  /** The folder, or the name of the source. */
  source: string;
}

/**
 * Reads files from the folder, or from torchvision's folder within it. If they
 * are not there, fetches MNIST's, checks and stores them.
 */
export async function openFiles(
  directory: string,
  names: readonly string[],
  sources: readonly DataSource[],
): Promise<FoundFiles> {
  const stored = await readStored(directory, names);
  if (stored !== null) return stored;
  await refuseOtherData(directory, names);
  const fetched = await fetchFromAny(directory, names, sources);
  await makeFolder(directory);
  for (const { name, bytes } of fetched.files) {
    await writeFileAtomic(join(directory, name), bytes);
  }
  return fetched;
}

/** Whether a folder holds these files of MNIST, to the bit. */
export async function areOriginals(
  directory: string,
  names: readonly string[],
): Promise<boolean> {
  const stored = await readStored(directory, names);
  if (stored === null) return false;
  for (const [index, { bytes, name }] of stored.files.entries()) {
    const checksum = await sha256(await unpack(bytes, name));
    if (checksum !== CHECKSUMS[names[index]]) return false;
  }
  return true;
}

async function readStored(
  directory: string,
  names: readonly string[],
): Promise<FoundFiles | null> {
  if (await exists(directory, { isFile: true })) {
    throw new DataError(describe({
      what: directory,
      expected: "a folder",
      got: "a file",
      help: `Give the folder that holds or shall hold ${names.join(" and ")}.`,
    }));
  }
  for (const folder of foldersOf(directory)) {
    const paths = [];
    for (const name of names) paths.push(await find(folder, name));
    if (!paths.every((path) => path !== null)) continue;
    const files = paths.map(async (path) => (
      { name: path, bytes: await readFile(path) }
    ));
    return { files: await Promise.all(files), source: folder };
  }
  return null;
}

async function fetchFromAny(
  directory: string,
  names: readonly string[],
  sources: readonly DataSource[],
): Promise<FoundFiles> {
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

/** Why a source failed, without what would help against that alone. */
function reasonOf(error: unknown): string {
  // Of itself, `fetch` says only that it failed.
  const fetched = error instanceof TypeError && error.cause instanceof Error;
  const told = fetched ? error.cause : error;
  const message = told instanceof Error ? told.message : String(told);
  return message.split(/\. Help: |\n/)[0];
}

async function fetchVerified(
  source: DataSource,
  name: string,
): Promise<NamedFile> {
  const bytes = await unpack(await source.fetch(name), name);
  const checksum = await sha256(bytes);
  if (checksum === CHECKSUMS[name]) return { name, bytes };
  throw new DataError(
    `${name} has SHA-256 ${checksum} instead of ${CHECKSUMS[name]}`,
  );
}

/**
 * A folder that holds a part of another data set, Fashion-MNIST for instance,
 * must not be filled up with MNIST.
 */
async function refuseOtherData(
  directory: string,
  names: readonly string[],
): Promise<void> {
  for (const folder of foldersOf(directory)) {
    for (const name of Object.keys(CHECKSUMS)) {
      const path = await find(folder, name);
      if (path === null) continue;
      const bytes = await unpack(await readFile(path), path);
      if (await sha256(bytes) === CHECKSUMS[name]) continue;
      throw new DataError(describe({
        what: `${path} is not MNIST's, but its data set is not whole`,
        expected: `${names.join(" and ")} beside it`,
        help:
          "Add what is missing, or give another folder to fetch MNIST into.",
      }));
    }
  }
}

function foldersOf(directory: string): string[] {
  return [directory, join(directory, "MNIST", "raw")];
}

async function find(folder: string, name: string): Promise<string | null> {
  for (const path of [join(folder, name), join(folder, `${name}.gz`)]) {
    if (await exists(path, { isFile: true })) return path;
  }
  return await findPrefixed(folder, name);
}

/**
 * EMNIST's files have its name and that of the part before MNIST's own, and
 * `test` instead of `t10k`: `emnist-letters-test-images-idx3-ubyte.gz`.
 */
async function findPrefixed(
  folder: string,
  name: string,
): Promise<string | null> {
  if (!await exists(folder, { isDirectory: true })) return null;
  const suffix = `-${name.replace("t10k", "test")}`;
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const found = entries.filter((entry) =>
    entry.isFile && entry.name.replace(/\.gz$/, "").endsWith(suffix)
  );
  if (found.length > 1) {
    throw new DataError(describe({
      what: folder,
      expected: `one file whose name ends in ${suffix}`,
      got: found.map((entry) => entry.name).toSorted().join(" and "),
      help: "Put every data set into a folder of its own.",
    }));
  }
  return found.length === 0 ? null : join(folder, found[0].name);
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    bytes as Uint8Array<ArrayBuffer>,
  );
  return new Uint8Array(digest).toHex();
}
