import { FormatError } from "../base/errors.ts";
import { joinBytes } from "../base/join_bytes.ts";
import { mostUnpacked } from "./gzip.ts";
import { unpacked } from "./unpacked.ts";
import { malformed } from "./_malformed.ts";
import { fileSource } from "./_source.ts";
import { isZip, openZip, type ZipMember } from "./_zip.ts";

/** A file out of an archive. */
export interface ArchiveMember {
  /** The part of its name that the pattern's group holds. */
  readonly name: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/** Largest file that is read out of an archive, in bytes. */
const mostBytes = 2 ** 30;

/**
 * Reads some files of an archive, one after another: a zip archive, or a tar
 * archive packed by gzip.
 *
 * @param path The archive.
 * @param wanted Matches the names of those files; its group is what to call them.
 * @throws {DataError} If it can't be read.
 * @throws {FormatError} If it is damaged, or has none of them.
 */
export async function* readArchive(
  path: string,
  wanted: RegExp,
): AsyncGenerator<ArchiveMember> {
  using source = await fileSource(path);
  const members = isZip(await source.read(0, 4))
    ? zipMembers((await openZip(source)).members, wanted)
    : tarMembers(path, wanted);
  let count = 0;
  for await (const member of members) {
    count++;
    yield member;
  }
  if (count === 0) throw damaged(path, `files like ${wanted.source}`, "none");
}

async function* zipMembers(
  members: ReadonlyMap<string, ZipMember>,
  wanted: RegExp,
): AsyncGenerator<ArchiveMember> {
  for (const [file, member] of members) {
    const name = wanted.exec(file)?.[1];
    if (name !== undefined) yield { name, bytes: await member.read() };
  }
}

/** A block of a tar archive; https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */
const block = 512;

async function* tarMembers(
  path: string,
  wanted: RegExp,
): AsyncGenerator<ArchiveMember> {
  const file = await Deno.open(path);
  const { size: packedBytes } = await file.stat();
  const reader = new ByteReader(
    unpacked(file.readable, "gzip"),
    path,
    mostUnpacked(packedBytes),
  );
  try {
    while (true) {
      const header = await reader.read(block);
      if (header.length === 0 || header.every((byte) => byte === 0)) return;
      const text = (start: number, length: number) =>
        new TextDecoder().decode(header.subarray(start, start + length))
          .replace(/\0.*$/s, "");
      const size = Number.parseInt(text(124, 12).trim() || "0", 8);
      if (header.length < block || !(size >= 0)) {
        throw damaged(path, "a tar archive packed by gzip", "something else");
      }
      const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
      const file = prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
      const isFile = ["", "0"].includes(text(156, 1));
      const name = isFile ? wanted.exec(file)?.[1] : undefined;
      const padding = (block - size % block) % block;
      if (name === undefined) await reader.skip(size + padding);
      else {
        if (size > mostBytes) {
          throw damaged(path, `at most ${mostBytes} bytes`, String(size));
        }
        const bytes = await reader.read(size);
        if (bytes.length < size) throw damaged(path, "more bytes", "its end");
        await reader.skip(padding);
        yield { name, bytes };
      }
    }
  } finally {
    await reader.close();
  }
}

/** Bytes of a stream, as many as asked for. */
class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #path: string;
  readonly #most: number;
  #total = 0;
  #rest: Uint8Array = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>, path: string, most: number) {
    this.#reader = stream.getReader();
    this.#path = path;
    this.#most = most;
  }

  /** So many bytes, fewer at the end. */
  async read(length: number): Promise<Uint8Array> {
    // What a header promises need not be there.
    const parts: Uint8Array[] = [];
    await this.#take(length, (part) => parts.push(part));
    return joinBytes(parts);
  }

  async skip(length: number): Promise<void> {
    await this.#take(length, () => 0);
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {}); // It may have failed before.
  }

  async #take(
    length: number,
    use: (part: Uint8Array) => number,
  ): Promise<number> {
    let taken = 0;
    while (taken < length) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#next();
        if (done) break;
        this.#total += value.length;
        if (this.#total > this.#most) {
          const expected = `at most ${this.#most} bytes, unpacked`;
          throw damaged(this.#path, expected, "more");
        }
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, length - taken);
      use(part);
      taken += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return taken;
  }

  async #next() {
    try {
      return await this.#reader.read();
    } catch (cause) {
      if (cause instanceof FormatError) throw cause;
      const got = "bytes that gzip cannot unpack";
      throw damaged(this.#path, "a tar archive packed by gzip", got);
    }
  }
}

function damaged(path: string, expected: string, got: string): FormatError {
  const help = "The archive is damaged: download it again.";
  return malformed(path, expected, got, { help });
}
