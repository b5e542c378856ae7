import { describe, FormatError } from "../base/errors.ts";
import { joinBytes } from "../base/join_bytes.ts";
import { unpacked } from "./unpacked.ts";

/** Small files may hold so many bytes in any case. */
const SMALL = 64 * 2 ** 20;

/** Nor may they hold so many times their size; images have a tenth of that. */
const FACTOR = 50;

/** Most bytes that are read of a packed file of this length. */
export function mostUnpacked(packedBytes: number): number {
  return SMALL + FACTOR * packedBytes;
}

/**
 * Unpacks what gzip has packed; gives anything else back as it is.
 *
 * @param promised How many bytes there must be, by the first of them; what
 * holds more is refused as soon as it is known. Default: any number.
 * @throws {FormatError} If it is damaged, or holds more than 64 MB and 50 times
 * its size.
 */
export async function unpack(
  bytes: Uint8Array,
  name: string,
  promised: (start: Uint8Array) => number = () => mostUnpacked(bytes.length),
): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  let most = mostUnpacked(bytes.length);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  try {
    for await (const chunk of chunksOf(unpacked([bytes], "gzip"))) {
      if (total === 0) {
        const wanted = promised(chunk);
        if (wanted > most) total = wanted;
        else most = wanted;
      }
      total += chunk.length;
      if (total > most) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const line = describe({
      what: name,
      expected: "a whole gzip file",
      got: `${bytes.length} bytes that gzip cannot unpack`,
      help: "Get the file again; it is cut short or damaged.",
    });
    throw new FormatError(line, { cause });
  }
  if (total <= most) return joinBytes(chunks);
  throw new FormatError(describe({
    what: name,
    expected: `at most ${most} bytes in ${bytes.length} packed ones`,
    got: "more",
    help: "Unpack it by gunzip if it is right.",
  }));
}

/** A stream's chunks: Safari does not walk one by `for await`. */
async function* chunksOf<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Packs bytes by gzip. */
export async function pack(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return await new Response(
    new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
}
