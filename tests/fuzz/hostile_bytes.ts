import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

export const MEGABYTE = 2 ** 20;

/** Latin-1. */
export function text(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content, "latin1"));
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function many<Item>(count: number, item: (at: number) => Item): Item[] {
  return Array.from({ length: count }, (_, at) => item(at));
}

export function repeated(piece: string, times: number): Uint8Array {
  return text(piece.repeat(times));
}

/** A gzip file that is right but for its end, which nobody should reach. */
export function gzipOf(content: Uint8Array, times: number): Uint8Array {
  const each = Math.min(times, Math.ceil(MEGABYTE / content.length));
  const block = blockOf(concat(Array(each).fill(content)));
  return concat([
    text("\x1f\x8b\x08\0\0\0\0\0\0\x03"),
    ...Array(Math.ceil(times / each)).fill(block),
    Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  ]);
}

export function gzipOfZeros(): Uint8Array {
  return gzipOf(new Uint8Array(MEGABYTE), 3072);
}

/** Blocks of deflate that end at a byte: several make one stream. */
function blockOf(content: Uint8Array): Uint8Array {
  return deflateSync(content, { finishFlush: 2 /* Z_SYNC_FLUSH */ })
    .subarray(2);
}

/** A zlib stream of so many megabytes of zeros. */
export function zlibOfZeros(megabytes: number): Uint8Array {
  return concat([Uint8Array.of(0x78, 0x9c), deflateOfZeros(megabytes)]);
}

function deflateOfZeros(megabytes: number): Uint8Array {
  const block = blockOf(new Uint8Array(MEGABYTE));
  return concat([...Array(megabytes).fill(block), Uint8Array.of(3, 0)]);
}

/** A zip archive with one deflated member: a start, then zeros. */
export function packedZip(
  name: string,
  start: Uint8Array,
  megabytes: number,
  size = start.length + megabytes * MEGABYTE,
): Uint8Array {
  const stored = new Uint8Array(5);
  new DataView(stored.buffer).setUint16(1, start.length, true);
  new DataView(stored.buffer).setUint16(3, ~start.length & 0xffff, true);
  const packed = concat([stored, start, deflateOfZeros(megabytes)]);
  const header = new Uint8Array(46);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(6, 20, true);
  view.setUint16(10, 8, true);
  view.setUint32(20, packed.length, true);
  view.setUint32(24, size, true);
  view.setUint16(28, name.length, true);
  const local = new Uint8Array(30);
  local.set(header.subarray(4, 30), 2);
  local.set(header.subarray(6, 32), 4);
  new DataView(local.buffer).setUint32(0, 0x04034b50, true);
  const before = 30 + name.length + packed.length;
  const end = new Uint8Array(22);
  const last = new DataView(end.buffer);
  last.setUint32(0, 0x06054b50, true);
  last.setUint16(8, 1, true);
  last.setUint16(10, 1, true);
  last.setUint32(12, 46 + name.length, true);
  last.setUint32(16, before, true);
  return concat([local, text(name), packed, header, text(name), end]);
}

export function idx(shape: readonly number[], bytes: number): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + bytes);
  file.set([0, 0, 8, shape.length]);
  const view = new DataView(file.buffer);
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  return file;
}

export function npy(size: number): Uint8Array {
  const dict =
    `{'descr': '|u1', 'fortran_order': False, 'shape': (${size},), }`;
  return text(`\x93NUMPY\x01\0\x76\0${dict.padEnd(117)}\n`);
}

export function png(
  width: number,
  height: number,
  chunks: Readonly<Record<string, Uint8Array>>,
  [depth, colour] = [8, 0],
): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([depth, colour], 8);
  return pngFile([
    ["IHDR", header],
    ...Object.entries(chunks),
    ["IEND", new Uint8Array()],
  ]);
}

/** A PNG of these chunks. */
export function pngFile(
  chunks: readonly (readonly [type: string, content: Uint8Array])[],
): Uint8Array {
  return concat([
    text("\x89PNG\r\n\x1a\n"),
    ...chunks.map(([type, content]) => pngChunk(type, content)),
  ]);
}

function pngChunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = concat([
    new Uint8Array(4),
    text(type),
    content,
    text("\0\0\0\0"),
  ]);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, -4)));
  return bytes;
}

function segment(marker: number, content: readonly number[]): Uint8Array {
  const length = content.length + 2;
  return Uint8Array.of(0xff, marker, length >> 8, length & 255, ...content);
}

/** The start of a JPEG with the tables that its scans need. */
function jpegStart(width: number, height: number, frame: number): Uint8Array {
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const table = [1, ...Array(15).fill(0), 0];
  return concat([
    Uint8Array.of(0xff, 0xd8),
    segment(0xdb, [0, ...Array(64).fill(1)]),
    segment(frame, [8, ...size, 1, 1, 0x11, 0]),
    segment(0xc4, [0, ...table]),
    segment(0xc4, [0x10, ...table]),
  ]);
}

const jpegEnd = Uint8Array.of(0xff, 0xd9);

export function jpeg(width: number, height: number): Uint8Array {
  const scan = segment(0xda, [1, 1, 0, 0, 63, 0]);
  return concat([jpegStart(width, height, 0xc0), scan, jpegEnd]);
}

export function progressive(
  width: number,
  height: number,
  scans: number,
): Uint8Array {
  const scan = concat([
    segment(0xda, [1, 1, 0, 0, 0, 0]),
    Uint8Array.of(0, 0, 0, 0),
  ]);
  return concat([
    jpegStart(width, height, 0xc2),
    ...Array(scans).fill(scan),
    jpegEnd,
  ]);
}

export function bmp(width: number, height: number): Uint8Array {
  const file = new Uint8Array(54 + 8);
  file.set(text("BM"));
  const view = new DataView(file.buffer);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(28, 24, true);
  return file;
}

export function gif(width: number, height: number, frames: number): Uint8Array {
  const size = [width & 255, width >> 8, height & 255, height >> 8];
  // Of one pixel each.
  const frame = Uint8Array.of(
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0],
  );
  return concat([
    text("GIF89a"),
    Uint8Array.of(...size, 0x80, 0, 0, 0, 0, 0, 255, 255, 255),
    ...Array(frames).fill(frame),
    Uint8Array.of(0x3b),
  ]);
}

export function webp(width: number, height: number): Uint8Array {
  const packed = ((width - 1) | ((height - 1) << 14)) >>> 0;
  const file = new Uint8Array(40);
  file.set(text("RIFF\x20\0\0\0WEBPVP8L\x14\0\0\0\x2f"));
  new DataView(file.buffer).setUint32(21, packed, true);
  return file;
}

/** A file of PyTorch before 1.6 with this value and no storages. */
export function legacy(value: Uint8Array): Uint8Array {
  return concat([
    text("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."),
    text("\x80\x02M\xe9\x03."),
    text("\x80\x02}X\x0d\0\0\0little_endian\x88s."),
    text("\x80\x02"),
    value,
    text("."),
    text("\x80\x02]."),
  ]);
}

export function doubledList(): Uint8Array {
  const twice = "q\x01h\x01\x86";
  return legacy(text(`}X\x01\0\0\0a]${twice.repeat(60)}s`));
}

export function longName(): Uint8Array {
  return text(
    `\x80\x02}X\xa0\x86\x01\0${"k".repeat(100_000)}](${
      "K\x01".repeat(20_000)
    }es.`,
  );
}

export function safetensors(count: number): Uint8Array {
  const entries = many(
    count,
    (at) => `"t${at}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
  );
  return withHeader(text(`{${entries.join()}}`));
}

export function withHeader(header: Uint8Array, data = 0): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return concat([length, header, new Uint8Array(data)]);
}

export function tarHeader(name: string, size: number): Uint8Array {
  const header = new Uint8Array(512);
  header.set(text(name));
  header.set(text(size.toString(8).padStart(11, "0")), 124);
  header[156] = "0".charCodeAt(0);
  header.set(text("ustar"), 257);
  return header;
}
