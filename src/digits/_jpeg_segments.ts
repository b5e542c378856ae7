import { ImageFault } from "./_image_fault.ts";

/** A part of a JPEG with a length. */
interface Segment {
  /** The byte that says what it is. */
  readonly marker: number;
  /** Its bytes after the length, as far as they are there. */
  readonly content: Uint8Array;
}

/** Start of scan, and end of image. */
const [SOS, EOI] = [0xda, 0xd9];

/**
 * The segments of a JPEG, and not the pixels after those that start a scan.
 *
 * @throws {ImageFault} If something else is where one must begin.
 */
export function* jpegSegments(bytes: Uint8Array): Generator<Segment> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw new ImageFault("no marker where one must be");
    const marker = bytes[at + 1];
    if (marker === EOI) return;
    if (marker === 0xff) at++; // A byte that fills.
    else {
      const end = at + 2 + view.getUint16(at + 2);
      yield { marker, content: bytes.subarray(at + 4, end) };
      at = marker === SOS ? afterPixels(bytes, end) : end;
    }
  }
}

/** Where the next marker is: among pixels 0 follows 0xff, or a restart. */
function afterPixels(bytes: Uint8Array, start: number): number {
  for (let at = start;; at += 2) {
    at = bytes.indexOf(0xff, at);
    if (at === -1) return bytes.length;
    const next = bytes[at + 1];
    const isRestart = next >= 0xd0 && next <= 0xd7;
    if (next !== 0 && !isRestart) return at;
  }
}

/** What a JPEG tells before its pixels are decoded. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly bits: number;
  /** One is grey, three are colour, four are ink. */
  readonly channels: number;
}

/**
 * The first segment that begins a frame.
 *
 * @throws {ImageFault} If there is none.
 */
export function jpegFrame(bytes: Uint8Array): JpegFrame {
  for (const { content, marker } of jpegSegments(bytes)) {
    if (!isFrame(marker) || content.length < 6) continue;
    const [bits, top, bottom, left, right, channels] = content;
    const [height, width] = [top << 8 | bottom, left << 8 | right];
    return { width, height, bits, channels };
  }
  throw new ImageFault("it has no size");
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf &&
    ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** The notes of a camera, from their directory on; empty where there are none. */
export function jpegExif(bytes: Uint8Array): Uint8Array {
  for (const { content, marker } of jpegSegments(bytes)) {
    if (marker === SOS) break;
    const start = String.fromCharCode(...content.subarray(0, 6));
    if (marker === 0xe1 && start === "Exif\0\0") return content.subarray(6);
  }
  return new Uint8Array();
}

/** How many scans there are. */
export function jpegScans(bytes: Uint8Array): number {
  let count = 0;
  for (const { marker } of jpegSegments(bytes)) if (marker === SOS) count++;
  return count;
}
