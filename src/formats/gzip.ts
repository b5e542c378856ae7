import { describe, FormatError } from "../base/errors.ts";
import { unpacked } from "./unpacked.ts";

/** Small files may hold so many bytes in any case. */
const SMALL = 64 * 2 ** 20;

/** Nor may they hold so many times their size; images have a tenth of that. */
const FACTOR = 50;

/**
 * Unpacks what gzip has packed; gives anything else back as it is.
 *
 * @throws {FormatError} If it is damaged, or holds more than 64 MB and 50 times
 * its size.
 */
export async function unpack(
  bytes: Uint8Array,
  name: string,
): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const most = SMALL + FACTOR * bytes.length;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  try {
    for await (const chunk of unpacked([bytes], "gzip")) {
      total += chunk.length;
      if (total > most) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    const line = describe({
      what: name,
      expected: "a whole gzip file",
      got: `${bytes.length} bytes that gzip cannot unpack: ${
        cause instanceof Error ? cause.message : cause
      }`,
      help: "Get the file again; it is cut short or damaged.",
    });
    throw new FormatError(line, { cause });
  }
  if (total <= most) return await new Blob(chunks).bytes();
  throw new FormatError(describe({
    what: name,
    expected: `at most ${most} bytes in ${bytes.length} packed ones`,
    got: "more",
    help: "Unpack it by gunzip if it is right.",
  }));
}

/** Packs bytes by gzip. */
export async function pack(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return await new Response(
    new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
}
