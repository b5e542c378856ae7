import { ImageFault } from "./_image_fault.ts";

/** A part of a PNG. */
interface Chunk {
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** What a PNG says of its pixels, and what comes beside them. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a value. */
  readonly depth: number;
  /** Values of a pixel; the index of a colour is one. */
  readonly channels: number;
  readonly hasPalette: boolean;
  readonly isInterlaced: boolean;
}

/** Values of a pixel, by the type of colour. */
const channelsOf: Readonly<Record<number, number>> = {
  0: 1,
  2: 3,
  3: 1,
  4: 2,
  6: 4,
};

/** Bits that values of a type of colour may have. */
const depthsOf: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** What follows the name of the format, to tell a file that was sent as text. */
const lineEnds = [0x0d, 0x0a, 0x1a, 0x0a];

/**
 * The chunks of a PNG, from the first to IEND.
 * https://www.w3.org/TR/png-3/#5DataRep
 *
 * @throws {ImageFault} If one is cut off, or its checksum is another; or the
 * file was sent as text, which changes the ends of lines.
 */
export function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (lineEnds.some((byte, at) => bytes[4 + at] !== byte)) {
    throw new ImageFault("bytes of a text after the name");
  }
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new ImageFault(`the checksum of ${type} is another`);
    }
    chunks.push({ type, content: bytes.slice(at + 8, end) });
    if (type === "IEND") return chunks;
    at = end + 4;
  }
  throw new ImageFault("its end is missing");
}

/** Reads IHDR. */
export function headerOf({ content, type }: Chunk): PngHeader {
  if (type !== "IHDR") throw new ImageFault(`it begins with ${type}`);
  if (content.length !== 13) {
    throw new ImageFault(`a header of ${content.length} bytes`);
  }
  const view = new DataView(content.buffer, content.byteOffset);
  const [depth, colour, , , interlace] = content.subarray(8);
  if (!depthsOf[colour]?.includes(depth) || interlace > 1) {
    throw new ImageFault(`colour of type ${colour} with ${depth} bits`);
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth,
    channels: channelsOf[colour],
    hasPalette: colour === 3,
    isInterlaced: interlace === 1,
  };
}

const table = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}
