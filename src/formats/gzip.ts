import { describe, FormatError } from "../base/errors.ts";

/** Unpacks what gzip has packed; gives anything else back as it is. */
export async function unpack(
  bytes: Uint8Array,
  name: string,
): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  try {
    return await new Response(
      packed.pipeThrough(new DecompressionStream("gzip")),
    ).bytes();
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
}
