import { ImageFault } from "./_image_fault.ts";

/** Codes of pixels, at most: more bits than 12 no code has. */
const MOST_CODES = 4096;

/**
 * How many pixels the codes of a picture of a GIF stand for, up to `most`. The
 * decoder leaves pixels as they were where codes are missing or wrong.
 * https://www.w3.org/Graphics/GIF/spec-gif89a.txt, appendix F
 *
 * @param blocks The bytes of the codes, in blocks with their lengths before them.
 * @param bits Bits of a pixel: the size of the first codes less one.
 * @throws {ImageFault} If a code stands for nothing.
 */
export function countGifPixels(
  blocks: Uint8Array,
  bits: number,
  most: number,
): number {
  if (bits < 1 || bits > 8) throw new ImageFault(`codes of ${bits} bits`);
  const [clear, end] = [1 << bits, (1 << bits) + 1];
  const lengths = new Uint16Array(MOST_CODES).fill(1, 0, clear);
  let [size, next, before, count] = [bits + 1, end + 1, -1, 0];
  for (const code of codesIn(blocks, () => size)) {
    if (code === end || count >= most) break;
    if (code === clear) {
      [size, next, before] = [bits + 1, end + 1, -1];
      continue;
    }
    const isKnown = code < (before < 0 ? clear : next) ||
      (code === next && before >= 0 && next < MOST_CODES);
    if (!isKnown) throw new ImageFault(`a code ${code} of nothing`);
    if (before >= 0 && next < MOST_CODES) {
      lengths[next++] = lengths[before] + 1;
      if (next === 1 << size && size < 12) size++;
    }
    count += lengths[code];
    before = code;
  }
  return Math.min(count, most);
}

/** Codes, the lowest bits first. */
function* codesIn(blocks: Uint8Array, size: () => number): Generator<number> {
  let [bits, filled] = [0, 0];
  for (let at = 0; at < blocks.length;) {
    const end = at + 1 + blocks[at];
    for (at++; at < end; at++) {
      bits |= blocks[at] << filled;
      filled += 8;
      while (filled >= size()) {
        const width = size();
        const code = bits & ((1 << width) - 1);
        bits >>>= width;
        filled -= width;
        yield code;
      }
    }
  }
}
