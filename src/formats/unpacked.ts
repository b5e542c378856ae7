/** Packed bytes that are unpacked at a time: they hold 1032 times as many. */
const PIECE = 2 ** 13;

/**
 * The bytes that deflate or gzip has packed, piece by piece: who stops reading
 * has unpacked some megabytes more at most, whatever the rest holds.
 *
 * @param parts The packed bytes, in one or several parts.
 */
export function unpacked(
  parts: Iterable<Uint8Array>,
  format: CompressionFormat,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = piecesOf(parts);
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
  return packed.pipeThrough(new DecompressionStream(format));
}

function* piecesOf(
  parts: Iterable<Uint8Array>,
): Generator<Uint8Array<ArrayBuffer>, undefined> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += PIECE) {
      yield part.slice(at, at + PIECE);
    }
  }
}
