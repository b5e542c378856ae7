import { ImageFault } from "./_image_fault.ts";
import type { Pixels } from "./_pixels.ts";

/** The parts of a file that tell how its pixels lie. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly fromTop: boolean;
  readonly bits: number;
  /** Bits of a pixel that are red, green, blue and alpha; none with a palette. */
  readonly masks: readonly number[];
  /** Red, green and blue of each entry. */
  readonly palette: readonly (readonly number[])[];
  /** Where the pixels start: there may be a gap before. */
  readonly start: number;
}

/** Compressions: none, and bits of a pixel as masks say. */
const [plain, fields, alphaFields] = [0, 3, 6];

/**
 * Decodes a BMP of 1 to 32 bits a pixel, with a palette or in colour, from the
 * bottom or the top.
 */
export function decodeBmp(bytes: Uint8Array): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { bits, fromTop, height, masks, palette, start, width } = bmpHeader(
    bytes,
  );
  const rowBytes = Math.ceil(width * bits / 32) * 4;
  const missing = start + rowBytes * height - bytes.length;
  if (missing > 0) {
    throw new ImageFault(`${missing} bytes of pixels are missing`);
  }
  const channels = masks.length === 4 ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  const put = palette.length > 0 ? colours(palette) : fieldsOf(masks);
  for (let row = 0; row < height; row++) {
    const from = start + (fromTop ? row : height - 1 - row) * rowBytes;
    for (let column = 0; column < width; column++) {
      const value = valueAt(view, from, column, bits);
      put(value, data, (row * width + column) * channels);
    }
  }
  return opaque({ width, height, channels, data, white: 255 });
}

/**
 * Reads the headers and the palette.
 *
 * @throws {ImageFault} If the pixels are compressed or of odd bits.
 */
export function bmpHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(14, true);
  // Before Windows 3 sizes had two bytes, and colours three.
  const isOld = size === 12;
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = isOld ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(isOld ? 24 : 28, true);
  const packing = isOld ? plain : view.getUint32(30, true);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) {
    throw new ImageFault(`${bits} bits`);
  }
  if (![plain, fields, alphaFields].includes(packing)) {
    throw new ImageFault("compressed inside, which is not read");
  }
  const hasFields = packing !== plain;
  const apart = size === 40 && hasFields ? packing === fields ? 12 : 16 : 0;
  const colours = isOld ? 0 : view.getUint32(46, true);
  const count = bits > 8 ? 0 : Math.min(colours || 2 ** bits, 2 ** bits);
  const entry = isOld ? 3 : 4;
  const first = 14 + size + apart;
  const palette = Array.from(
    { length: count },
    (_, at) =>
      [2, 1, 0].map((byte) => view.getUint8(first + at * entry + byte)),
  );
  const masks = bits <= 8
    ? []
    : hasFields
    ? [54, 58, 62, 66].slice(0, size > 52 || apart === 16 ? 4 : 3).map((at) =>
      view.getUint32(at, true)
    )
    : bits === 16
    ? [0x7c00, 0x03e0, 0x001f]
    : [0xff0000, 0xff00, 0xff, 0xff000000].slice(0, bits / 8);
  return {
    ...{ width, height: Math.abs(height), fromTop: height < 0, bits },
    ...{ masks, palette, start: view.getUint32(10, true) },
  };
}

/** The bits of one pixel; of those that share a byte, the first is the highest. */
function valueAt(
  view: DataView,
  row: number,
  column: number,
  bits: number,
): number {
  if (bits === 32) return view.getUint32(row + column * 4, true);
  if (bits === 16) return view.getUint16(row + column * 2, true);
  if (bits === 24) {
    const at = row + column * 3;
    return view.getUint16(at, true) | view.getUint8(at + 2) << 16;
  }
  const bit = column * bits;
  const byte = view.getUint8(row + (bit >> 3));
  return (byte >> (8 - bits - bit % 8)) & (2 ** bits - 1);
}

/** Puts the colour of a pixel's bits at a place. */
type Put = (value: number, data: Uint8Array, at: number) => void;

/** Colours of a palette. */
function colours(palette: Header["palette"]): Put {
  const flat = Uint8Array.from(palette.flat());
  return (value, data, at) => {
    if (value >= palette.length) throw new ImageFault(`no colour ${value}`);
    data[at] = flat[3 * value];
    data[at + 1] = flat[3 * value + 1];
    data[at + 2] = flat[3 * value + 2];
  };
}

/** The bits of each mask as a byte. */
function fieldsOf(masks: readonly number[]): Put {
  const shifts = masks.map((mask) => 31 - Math.clz32(mask & -mask));
  const scales = masks.map((mask, at) => 255 / (mask >>> shifts[at]));
  return (value, data, at) => {
    for (let field = 0; field < masks.length; field++) {
      const mask = masks[field];
      data[at + field] = mask === 0
        ? 255
        : Math.round(((value & mask) >>> shifts[field]) * scales[field]);
    }
  };
}

/** Most writers of 32 bits leave alpha 0: then nothing is transparent. */
function opaque(pixels: Pixels): Pixels {
  const { channels, data } = pixels;
  if (channels !== 4) return pixels;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) return pixels;
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return pixels;
}
