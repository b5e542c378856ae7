import { ImageFault } from "./_image_fault.ts";
import type { Pixels } from "./_pixels.ts";

/** Sizes of a PGM: its header is a word, then numbers between white space. */
interface Header {
  readonly width: number;
  readonly height: number;
  /** The value that is white: up to 65,535. */
  readonly white: number;
  /** Where the pixels start. */
  readonly end: number;
}

/**
 * Decodes a PGM, as bytes (`P5`, two of them where white is above 255) or as
 * text (`P2`). https://netpbm.sourceforge.net/doc/pgm.html
 */
export function decodePgm(bytes: Uint8Array): Pixels {
  const { end, height, white, width } = pgmHeader(bytes);
  const size = width * height;
  const image = { width, height, channels: 1, white };
  if (bytes[1] === 0x32) {
    return { ...image, data: numbersIn(bytes.subarray(end), size, white) };
  }
  const wide = white > 255 ? 2 : 1;
  if (bytes.length - end < size * wide) {
    throw new ImageFault(`${bytes.length - end} bytes of ${size * wide}`);
  }
  const data = new Uint16Array(size);
  for (let at = 0; at < size; at++) {
    data[at] = wide === 1
      ? bytes[end + at]
      : bytes[end + 2 * at] << 8 | bytes[end + 2 * at + 1];
    if (data[at] > white) throw wrongNumbers(size, white);
  }
  return { ...image, data };
}

function wrongNumbers(count: number, most: number): ImageFault {
  return new ImageFault(`not ${count} numbers from 0 to ${most}`);
}

/** So many numbers, in digits between white space, and no more. */
function numbersIn(text: Uint8Array, count: number, most: number): Uint16Array {
  const wrong = () => wrongNumbers(count, most);
  // Each takes a digit, and a space but for the last.
  if (text.length < 2 * count - 1) throw wrong();
  const values = new Uint16Array(count);
  let at = 0;
  for (let index = 0; index < count; index++) {
    while (isSpace(text[at])) at++;
    const start = at;
    let value = 0;
    for (; text[at] >= 48 && text[at] <= 57; at++) {
      value = value * 10 + text[at] - 48;
      if (value > most) throw wrong();
    }
    if (at === start) throw wrong();
    values[index] = value;
  }
  while (isSpace(text[at])) at++;
  if (at < text.length) throw wrong();
  return values;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13);
}

/**
 * Reads the header, in which `#` begins a comment to the end of its line.
 *
 * @throws {ImageFault} If it is not whole.
 */
export function pgmHeader(bytes: Uint8Array): Header {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 1000));
  const gap = String.raw`(?:\s|#[^\r\n]*[\r\n])+`;
  const header = new RegExp(`^P[25]${gap}(\\d+)${gap}(\\d+)${gap}(\\d+)\\s`);
  const found = header.exec(start);
  if (found === null) throw new ImageFault("no width, height and white value");
  const [width, height, white] = found.slice(1).map(Number);
  if (white < 1 || white > 65535) throw new ImageFault(`white value ${white}`);
  return { width, height, white, end: found[0].length };
}
