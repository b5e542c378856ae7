import type { Entry, FileEntry } from "npm:@zip.js/zip.js@2.24.0";
import { DataError, FormatError } from "../base/errors.ts";
import { library } from "../base/library.ts";
import { malformed } from "./_malformed.ts";
import type { Source } from "./_source.ts";

/** A file within an archive. */
export interface ZipMember {
  /** Its bytes, unpacked. */
  readonly size: number;
  /**
   * Reads it whole and checks its CRC-32.
   *
   * @throws {FormatError} If it is damaged.
   */
  read(): Promise<Uint8Array>;
  /**
   * Reads its first bytes, unpacked, and no more of the archive than that
   * takes. What is read is not checked.
   *
   * @throws {FormatError} If it can't be unpacked.
   */
  start(length: number): Promise<Uint8Array>;
}

/** An archive whose directory has been read. */
export interface ZipArchive {
  /** Its files, by name. */
  readonly members: ReadonlyMap<string, ZipMember>;
  /** The comment at its end; mostly empty. */
  readonly comment: Uint8Array;
}

const RECOVER = "The archive is damaged: download or write it again.";

/** Most members of an archive: one for each tensor, and some beside them. */
const MOST_MEMBERS = 5000;

/** A byte of deflate's output takes at least this much of its input. */
const STRONGEST_DEFLATE = 1032;

/** The first bytes of every archive. */
const MAGIC = [0x50, 0x4b, 0x03, 0x04];

/** Whether a file that starts so is an archive. */
export function isZip(start: Uint8Array): boolean {
  return MAGIC.every((byte, index) => start[index] === byte);
}

/**
 * Opens an archive: reads its directory, and nothing else yet.
 *
 * @throws {FormatError} If it is damaged.
 */
export async function openZip(
  source: Source,
): Promise<ZipArchive> {
  const zip = await loadZip();
  class SourceReader extends zip.Reader<Source> {
    override size = source.size;
    override async readUint8Array(
      offset: number,
      length: number,
    ): Promise<Uint8Array> {
      const bytes = await source.read(offset, length);
      if (bytes.length === length) return bytes;
      throw malformed(source.name, "more bytes", "its end", { help: RECOVER });
    }
  }
  const reader = new zip.ZipReader(new SourceReader(source), {
    checkSignature: true,
  });
  const entries = await translated(source.name, async () => {
    const all: Entry[] = [];
    for await (const entry of reader.getEntriesGenerator()) {
      if (all.push(entry) <= MOST_MEMBERS) continue;
      const expected = `at most ${MOST_MEMBERS} members`;
      throw malformed(source.name, expected, "more", {
        help: "Write its files into several archives.",
      });
    }
    return all;
  });
  checkOverlap(entries, source.name);
  const members = new Map<string, ZipMember>();
  for (const entry of entries) {
    if (entry.directory) continue;
    const where = `${source.name}: ${entry.filename}`;
    if (members.has(entry.filename)) {
      throw malformed(where, "one file of a name", "two", { help: RECOVER });
    }
    checkSize(entry, where, source.size);
    members.set(entry.filename, {
      size: entry.uncompressedSize,
      read: () => readMember(entry, where, new zip.Uint8ArrayWriter()),
      start: (length) => readStart(entry, where, length),
    });
  }
  return { members, comment: reader.comment };
}

/**
 * An archive of files that are not packed, as NumPy writes them. The same
 * files make the same bytes.
 *
 * @param comment What stands at its end.
 */
export async function writeZip(
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
  comment: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  const zip = await loadZip();
  const writer = new zip.ZipWriter(new zip.Uint8ArrayWriter(), {
    level: 0,
    extendedTimestamp: false,
    // The first day that the format knows.
    lastModDate: new Date(1980, 0, 1),
  });
  for (const [name, bytes] of files) {
    await writer.add(name, new zip.Uint8ArrayReader(bytes));
  }
  return await writer.close(comment);
}

async function loadZip() {
  const zip = await library(
    "npm:@zip.js/zip.js@2.24.0",
    () => import("npm:@zip.js/zip.js@2.24.0"),
  );
  zip.configure({ useWebWorkers: false, chunkSize: 8 * 1024 });
  return zip;
}

/** Bytes of a member's header, without its name. */
const LOCAL_HEADER = 30;

/** Refuses members that share bytes: few of them could unpack to any size. */
function checkOverlap(entries: readonly Entry[], where: string): void {
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entry.offset < end) {
      throw malformed(
        `${where}: ${entry.filename}`,
        "bytes of its own",
        "bytes of another member",
        { help: RECOVER },
      );
    }
    end = entry.offset + LOCAL_HEADER + entry.compressedSize;
  }
}

/** Refuses a size that no member of such a file can have. */
function checkSize(entry: Entry, where: string, fileBytes: number): void {
  const { compressedSize, encrypted, uncompressedSize } = entry;
  const most = Math.min(compressedSize, fileBytes) * STRONGEST_DEFLATE;
  if (!encrypted && uncompressedSize <= most) return;
  throw malformed(
    where,
    encrypted ? "a file without a password" : `at most ${most} bytes`,
    encrypted ? "an encrypted one" : `${uncompressedSize}`,
    { help: RECOVER },
  );
}

async function readMember(
  entry: FileEntry,
  where: string,
  writer: InstanceType<
    typeof import("npm:@zip.js/zip.js@2.24.0").Uint8ArrayWriter
  >,
): Promise<Uint8Array> {
  const bytes = await translated(where, () => entry.getData(writer));
  if (bytes.length === entry.uncompressedSize) return bytes;
  const expected = `${entry.uncompressedSize} bytes`;
  throw malformed(where, expected, `${bytes.length}`, { help: RECOVER });
}

async function readStart(
  entry: FileEntry,
  where: string,
  length: number,
): Promise<Uint8Array> {
  const stop = new AbortController();
  const start = new Uint8Array(Math.min(length, entry.uncompressedSize));
  let filled = 0;
  const collect = new WritableStream<Uint8Array>({
    write(chunk) {
      const part = chunk.subarray(0, start.length - filled);
      start.set(part, filled);
      filled += part.length;
      if (filled === start.length) stop.abort();
    },
  });
  const options = { checkSignature: false, signal: stop.signal };
  await translated(where, async () => {
    try {
      await entry.getData(collect, options);
    } catch (error) {
      // The library ends an aborted reading by an error.
      if (!stop.signal.aborted) throw error;
    }
  });
  return start.subarray(0, filled);
}

/** The library's error about a damaged archive, as an error of the format. */
async function translated<Result>(
  where: string,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof DataError) throw cause;
    const got = "bytes that cannot be unpacked";
    throw malformed(where, "a zip archive", got, { help: RECOVER, cause });
  }
}
