/** Packed bytes that are unpacked at a time: they hold 1032 times as many. */
const PIECE = 2 ** 12;

/**
 * The bytes that deflate or gzip has packed, piece by piece: who stops reading
 * has unpacked some megabytes more at most, whatever the rest holds.
 *
 * @param parts The packed bytes, in one or several parts.
 */
export function unpacked(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  format: CompressionFormat,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = piecesOf(parts);
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  }, { highWaterMark: 0 });
  return packed.pipeThrough(new DecompressionStream(format));
}

async function* piecesOf(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  for await (const part of parts) {
    for (let at = 0; at < part.length; at += PIECE) {
      yield part.slice(at, at + PIECE);
    }
  }
}
