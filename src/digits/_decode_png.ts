import { unpacked } from "../formats/unpacked.ts";
import { orientationOf, turned } from "./_orientation.ts";
import { ImageFault } from "./_image_fault.ts";
import type { Pixels } from "./_pixels.ts";
import { chunksOf, headerOf, type PngHeader } from "./_png_chunks.ts";

/** Pixels of an image that are stored together, each `step` from the next. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const whole: Pass = { x: 0, y: 0, stepX: 1, stepY: 1 };

/** Interlaced pixels: https://www.w3.org/TR/png-3/#8Interlace */
const adam7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/**
 * Decodes a PNG of any depth, grey, in colour or with a palette, interlaced or
 * not, and turns it as its Exif chunk says.
 */
export async function decodePng(bytes: Uint8Array): Promise<Pixels> {
  const chunks = chunksOf(bytes);
  const header = headerOf(chunks[0]);
  const named = (type: string) =>
    chunks.find((chunk) => chunk.type === type)?.content;
  const packed = chunks.filter(({ type }) => type === "IDAT");
  const passes = (header.isInterlaced ? adam7 : [whole])
    .map((pass) => ({ ...pass, ...sizeOf(header, pass) }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const size = passes.reduce(
    (sum, { rowBytes, rows }) => sum + rows * (rowBytes + 1),
    0,
  );
  const stored = await inflated(packed.map(({ content }) => content), size);
  const { channels, depth, height, width } = header;
  const data = depth === 16
    ? new Uint16Array(width * height * channels)
    : new Uint8Array(width * height * channels);
  let start = 0;
  for (const pass of passes) {
    const { rowBytes, rows } = pass;
    const part = stored.subarray(start, start += rows * (rowBytes + 1));
    unfilter(part, rowBytes, Math.max(1, channels * depth / 8));
    spread(part, header, pass, data);
  }
  const pixels = { width, height, channels, data, white: 2 ** depth - 1 };
  const seen = header.hasPalette
    ? coloured(pixels, named("PLTE"), named("tRNS"))
    : keyed(pixels, named("tRNS"));
  return turned(seen, orientationOf(named("eXIf") ?? new Uint8Array()));
}

/** Columns and rows of a pass, and the bytes of a row without its filter. */
function sizeOf({ channels, depth, height, width }: PngHeader, pass: Pass) {
  const columns = Math.ceil((width - pass.x) / pass.stepX);
  const rows = Math.ceil((height - pass.y) / pass.stepY);
  return { columns, rows, rowBytes: Math.ceil(columns * channels * depth / 8) };
}

/** Unpacks exactly `size` bytes; what may follow is not looked at. */
async function inflated(
  parts: readonly Uint8Array[],
  size: number,
): Promise<Uint8Array> {
  const result = new Uint8Array(size);
  let at = 0;
  for await (const chunk of unpacked(parts, "deflate")) {
    result.set(chunk.subarray(0, size - at), at);
    at = Math.min(size, at + chunk.length);
    if (at === size) return result;
  }
  throw new ImageFault(`${at} bytes of ${size} are there`);
}

/** Undoes the filters: https://www.w3.org/TR/png-3/#9Filters */
function unfilter(bytes: Uint8Array, rowBytes: number, pixelBytes: number) {
  const stride = rowBytes + 1;
  for (let row = 0; row * stride < bytes.length; row++) {
    const start = row * stride + 1;
    const filter = bytes[start - 1];
    if (filter > 4) throw new ImageFault(`a filter ${filter}`);
    for (let at = 0; at < rowBytes; at++) {
      const isFirst = at < pixelBytes;
      const left = isFirst ? 0 : bytes[start + at - pixelBytes];
      const up = row === 0 ? 0 : bytes[start + at - stride];
      const corner = isFirst || row === 0
        ? 0
        : bytes[start + at - stride - pixelBytes];
      bytes[start + at] += predicted(filter, left, up, corner);
    }
  }
}

function predicted(
  filter: number,
  left: number,
  up: number,
  corner: number,
): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Puts the pixels of a pass where they belong. A row starts with a byte. */
function spread(
  bytes: Uint8Array,
  { channels, depth, width }: PngHeader,
  pass: Pass & ReturnType<typeof sizeOf>,
  data: Uint8Array | Uint16Array,
): void {
  const { columns, rowBytes, rows, stepX, stepY, x, y } = pass;
  for (let row = 0; row < rows; row++) {
    const start = row * (rowBytes + 1) + 1;
    if (depth === 8 && stepX === 1) {
      const own = bytes.subarray(start, start + rowBytes);
      data.set(own, (y + row * stepY) * rowBytes);
      continue;
    }
    for (let value = 0; value < columns * channels; value++) {
      const column = Math.floor(value / channels);
      const pixel = (y + row * stepY) * width + x + column * stepX;
      const bit = value * depth;
      const first = start + (bit >> 3);
      data[pixel * channels + value % channels] = depth === 16
        ? bytes[first] << 8 | bytes[first + 1]
        : (bytes[first] >> (8 - depth - bit % 8)) & (2 ** depth - 1);
    }
  }
}

/** Indices as the colours of a palette, and how opaque they are. */
function coloured(
  { data, height, width }: Pixels,
  palette: Uint8Array | undefined,
  alphas: Uint8Array = new Uint8Array(),
): Pixels {
  if (palette === undefined) throw new ImageFault("it has no palette");
  if (palette.length % 3 > 0) {
    throw new ImageFault(`a palette of ${palette.length} bytes`);
  }
  const colours = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const index = data[pixel];
    if (index * 3 >= palette.length) throw new ImageFault(`no colour ${index}`);
    colours[pixel * 4] = palette[index * 3];
    colours[pixel * 4 + 1] = palette[index * 3 + 1];
    colours[pixel * 4 + 2] = palette[index * 3 + 2];
    colours[pixel * 4 + 3] = index < alphas.length ? alphas[index] : 255;
  }
  return { width, height, channels: 4, data: colours, white: 255 };
}

/** One colour may be transparent. */
function keyed(pixels: Pixels, key: Uint8Array | undefined): Pixels {
  const { channels, data, white } = pixels;
  if (key === undefined || channels % 2 === 0) return pixels;
  const colour = Array.from(
    { length: channels },
    (_, at) => key[2 * at] << 8 | key[2 * at + 1],
  );
  const result = new Uint16Array(data.length / channels * (channels + 1));
  for (let from = 0, to = 0; from < data.length; to++) {
    let isKey = true;
    for (let channel = 0; channel < channels; channel++) {
      const value = data[from++];
      isKey &&= value === colour[channel];
      result[to++] = value;
    }
    result[to] = isKey ? 0 : white;
  }
  return { ...pixels, channels: channels + 1, data: result };
}
