import { crc32, deflateSync } from "node:zlib";

/** Values of a pixel by the type of colour. */
export const channelsOf: Record<number, number> = {
  0: 1,
  2: 3,
  3: 1,
  4: 2,
  6: 4,
};

/** A PNG to write. */
export interface PngFile {
  width: number;
  height: number;
  depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  colour: number;
  /** The values of the pixels, row by row. */
  values: ArrayLike<number>;
  isInterlaced?: boolean;
  /** Chunks between the header and the pixels. */
  chunks?: Record<string, Uint8Array>;
  /** Rows that are left out at the end. */
  missing?: number;
}

/** Left, top and distances of what is stored together. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** Writes a PNG by hand, each row by another of the five filters. */
export function writePngFile(file: PngFile): Uint8Array {
  const { colour, depth, height, isInterlaced = false, missing = 0, width } =
    file;
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([depth, colour, 0, 0, isInterlaced ? 1 : 0], 8);
  const passes = isInterlaced ? adam7 : [[0, 0, 1, 1]];
  const rows = passes.flatMap((pass) => rowsOf(file, pass));
  const kept = rows.slice(0, rows.length - missing);
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", header),
    ...Object.entries(file.chunks ?? {}).flatMap(([type, content]) => [
      ...chunk(type, content),
    ]),
    ...chunk("IDAT", deflateSync(Uint8Array.from(kept.flat()))),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

/** The filtered rows of one pass. */
function rowsOf(
  { colour, depth, height, values, width }: PngFile,
  [left, top, stepX, stepY]: number[],
): number[][] {
  const channels = channelsOf[colour];
  const rows: number[][] = [];
  for (let y = top; y < height; y += stepY) {
    const bits: number[] = [];
    for (let x = left; x < width; x += stepX) {
      for (let channel = 0; channel < channels; channel++) {
        const value = values[(y * width + x) * channels + channel];
        for (let bit = depth - 1; bit >= 0; bit--) bits.push(value >> bit & 1);
      }
    }
    if (bits.length > 0) rows.push(bytesOf(bits));
  }
  const pixelBytes = Math.max(1, channels * depth / 8);
  return rows.map((row, at) => filtered(row, rows[at - 1], at % 5, pixelBytes));
}

function bytesOf(bits: number[]): number[] {
  return Array.from(
    { length: Math.ceil(bits.length / 8) },
    (_, byte) =>
      [0, 1, 2, 3, 4, 5, 6, 7].reduce(
        (sum, bit) => sum * 2 + (bits[byte * 8 + bit] ?? 0),
        0,
      ),
  );
}

/** A row less what its filter foresees, after the filter's number. */
function filtered(
  row: number[],
  above: number[] = row.map(() => 0),
  filter: number,
  pixelBytes: number,
): number[] {
  const bytes = row.map((value, at) => {
    const left = row[at - pixelBytes] ?? 0;
    const corner = above[at - pixelBytes] ?? 0;
    const guess = left + above[at] - corner;
    const nearest = [left, above[at], corner].reduce((best, each) =>
      Math.abs(each - guess) < Math.abs(best - guess) ? each : best
    );
    const foreseen = [0, left, above[at], (left + above[at]) >> 1, nearest];
    return (value - foreseen[filter]) & 255;
  });
  return [filter, ...bytes];
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, -4)));
  return bytes;
}
