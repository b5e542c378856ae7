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
    const text = new TextDecoder().decode(bytes.subarray(end));
    const values = text.trim().split(/\s+/).map(Number);
    const whole = values.every((value) => value >= 0 && value <= white);
    if (values.length !== size || !whole) {
      throw new Error(`not ${size} numbers from 0 to ${white}`);
    }
    return { ...image, data: Uint16Array.from(values) };
  }
  const wide = white > 255 ? 2 : 1;
  if (bytes.length - end < size * wide) {
    throw new Error(`${bytes.length - end} bytes of ${size * wide}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + end);
  const data = Uint16Array.from(
    { length: size },
    (_, at) => wide === 2 ? view.getUint16(2 * at) : view.getUint8(at),
  );
  return { ...image, data };
}

/**
 * Reads the header, in which `#` begins a comment to the end of its line.
 *
 * @throws {Error} If it is not whole.
 */
export function pgmHeader(bytes: Uint8Array): Header {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 1000));
  const gap = String.raw`(?:\s|#[^\n]*\n)+`;
  const header = new RegExp(`^P[25]${gap}(\\d+)${gap}(\\d+)${gap}(\\d+)\\s`);
  const found = header.exec(start);
  if (found === null) throw new Error("no width, height and white value");
  const [width, height, white] = found.slice(1).map(Number);
  if (white < 1 || white > 65535) throw new Error(`white value ${white}`);
  return { width, height, white, end: found[0].length };
}
