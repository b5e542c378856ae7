import { joinBytes } from "../base/join_bytes.ts";
import { countGifPixels } from "./_gif_pixels.ts";
import { ImageFault } from "./_image_fault.ts";

/** Introducers of blocks: https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
const [extension, image, trailer] = [0x21, 0x2c, 0x3b];

/** Label and length of the extension that says what is transparent. */
const [graphicControl, controlLength] = [0xf9, 4];

/**
 * The same GIF with its first picture alone, in well-formed blocks: the decoder
 * goes on after what it does not know, and prints it to the console.
 *
 * @throws {Error} If there is no whole picture.
 */
export function firstGifPicture(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 13 + tableLength(byteAt(bytes, 10));
  const parts = [bytes.subarray(0, at)];
  while (byteAt(bytes, at) === extension) {
    const end = subBlocksEnd(bytes, at + 2);
    const isControl = byteAt(bytes, at + 1) === graphicControl &&
      byteAt(bytes, at + 2) === controlLength && end === at + 8;
    if (isControl) parts.push(bytes.subarray(at, end));
    at = end;
  }
  if (byteAt(bytes, at) !== image) throw new Error("no picture");
  const data = at + 11 + tableLength(byteAt(bytes, at + 9));
  const end = subBlocksEnd(bytes, data);
  checkPixels(bytes, { at, data, end });
  parts.push(bytes.subarray(at, end));
  return joinBytes([...parts, Uint8Array.of(trailer)]);
}

/** Refuses a picture that has codes for fewer pixels than it should have. */
function checkPixels(
  bytes: Uint8Array,
  { at, data, end }: { at: number; data: number; end: number },
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint16(at + 5, true) * view.getUint16(at + 7, true);
  const codes = bytes.subarray(data, end - 1);
  const found = countGifPixels(codes, bytes[data - 1], size);
  if (found < size) throw new ImageFault(`${found} pixels of ${size}`);
}

/** The bytes of a table of colours, by the field that says its size. */
function tableLength(field: number): number {
  return field & 0x80 ? 3 * 2 ** ((field & 7) + 1) : 0;
}

function subBlocksEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let length = byteAt(bytes, at); length > 0; length = byteAt(bytes, at)) {
    at += length + 1;
  }
  return at + 1;
}

function byteAt(bytes: Uint8Array, at: number): number {
  if (at < bytes.length) return bytes[at];
  throw new Error("it ends within a block");
}
