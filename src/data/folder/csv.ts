import { DataError, describe, FormatError } from "../../base/errors.ts";
import { mostUnpacked } from "../../formats/gzip.ts";
import { unpacked } from "../../formats/unpacked.ts";
import type { ImageRows, ImageShape } from "./format.ts";
import { isLabel, labelArray } from "./label_array.ts";

/** The columns of a table of pixels. */
export interface CsvLayout {
  /** Number of columns. */
  readonly columns: number;
  /** The column of the labels; −1 is none. */
  readonly label: number;
  /** The images in the other columns. */
  readonly shape: ImageShape;
  /** Whether the first line has names. */
  readonly hasHeader: boolean;
}

/** Longest line and largest table that are read, in bytes. */
const LIMITS = { line: 2 ** 22, pixels: 2 ** 31 };

const labelNames = /^(?:labels?|class|target|y|digit|letter|character)$/i;

/**
 * The columns of a table, by its first line: names, among them `label` or
 * `class`, or else numbers, of which the first is the label where all others
 * make a square.
 *
 * @throws {FormatError} If the columns are those of no image.
 */
export async function csvLayout(path: string): Promise<CsvLayout> {
  for await (const { bytes } of linesOf(path)) {
    const { columns, first, hasHeader, named } = namesOf(bytes);
    const startsWithPixel = hasHeader && /^(?:pixel|p?\d)/i.test(first);
    for (const label of labelColumns(named, startsWithPixel)) {
      const shape = squareOf(columns - (label < 0 ? 0 : 1));
      if (shape !== null) return { columns, label, shape, hasHeader };
    }
    throw wrongTable(path, `${columns} columns`);
  }
  throw wrongTable(path, "an empty file");
}

/**
 * Reads a table of pixels.
 *
 * @throws {FormatError} If a line has another number of columns, or a value is
 * no pixel: the error names line and column.
 */
export async function readCsv(
  path: string,
  { columns, hasHeader, label, shape }: CsvLayout,
): Promise<ImageRows> {
  const pixels = columns - (label < 0 ? 0 : 1);
  const images = new GrowingBytes(pixels);
  const labels: number[] = [];
  const values = new Float64Array(columns);
  let isHeader = hasHeader;
  for await (const { bytes: line, number } of linesOf(path)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const count = parseLine(line, values);
    const at = `${path}: line ${number}`;
    if (count !== columns) {
      const expected = `${columns} columns, as the first line has`;
      throw wrongValue(at, expected, String(count));
    }
    const row = images.next(path);
    let pixel = 0;
    for (let column = 0; column < columns; column++) {
      const value = values[column];
      if (column === label) {
        if (!isLabel(value)) {
          const got = fieldAt(line, column);
          throw wrongValue(`${at}: label`, "a whole number of 32 bits", got);
        }
        labels.push(value);
        continue;
      }
      if (!(value >= 0 && value <= 255 && Number.isInteger(value))) {
        const where = `${at}, column ${column + 1}`;
        const got = fieldAt(line, column);
        throw wrongValue(where, "a whole number from 0 to 255", got);
      }
      row[pixel++] = value;
    }
  }
  if (images.rows === 0) throw wrongTable(path, "no line of numbers");
  return {
    images: images.all(),
    shape,
    labels: label < 0 ? null : labelArray(labels),
    labelsName: path,
  };
}

/** What the first line has: names, or numbers as all others. */
function namesOf(line: Uint8Array) {
  let [columns, first, hasHeader, named] = [0, "", false, -1];
  for (const field of fieldsOf(line)) {
    if (columns === 0) first = field;
    hasHeader ||= Number.isNaN(numberOf(field));
    if (named < 0 && labelNames.test(field)) named = columns;
    columns++;
  }
  return { columns, first, hasHeader, named };
}

/** Where labels may be, the likeliest first. */
function labelColumns(named: number, startsWithPixel: boolean): number[] {
  if (named >= 0) return [named];
  return startsWithPixel ? [-1] : [0, -1];
}

/** The square image, of one or of three channels, of so many pixels. */
function squareOf(pixels: number): ImageShape | null {
  for (const channels of [1, 3]) {
    const side = Math.round(Math.sqrt(pixels / channels));
    if (side > 1 && side * side * channels === pixels) {
      return [channels, side, side];
    }
  }
  return null;
}

/** Rows of bytes, whose number is not known before. */
class GrowingBytes {
  rows = 0;
  #data: Uint8Array<ArrayBuffer>;
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
    this.#data = new Uint8Array(Math.ceil(2 ** 20 / size) * size);
  }

  next(path: string): Uint8Array {
    const start = this.rows++ * this.#size;
    const end = start + this.#size;
    if (end > LIMITS.pixels) {
      throw wrongValue(path, "at most 2 GiB of pixels", "more");
    }
    if (end > this.#data.length) {
      const grown = new Uint8Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    return this.#data.subarray(start, end);
  }

  all(): Uint8Array {
    return this.#data.slice(0, this.rows * this.#size);
  }
}

/** A line without its end, and its number in the file, from 1. */
interface Line {
  readonly bytes: Uint8Array;
  readonly number: number;
}

/** The lines of a file, unpacked; empty ones are left out. */
async function* linesOf(path: string): AsyncGenerator<Line> {
  let number = 0;
  let rest = new Uint8Array();
  let isFirst = true;
  for await (const chunk of chunksOf(path)) {
    let bytes = chunk;
    if (rest.length > 0) {
      bytes = new Uint8Array(rest.length + chunk.length);
      bytes.set(rest);
      bytes.set(chunk, rest.length);
    }
    if (isFirst && bytes[0] === 0xef && bytes[1] === 0xbb) {
      bytes = bytes.subarray(3); // The mark that Excel writes.
    }
    isFirst = false;
    let start = 0;
    for (
      let end = bytes.indexOf(10);
      end >= 0;
      end = bytes.indexOf(10, start)
    ) {
      number++;
      const line = trimmed(bytes.subarray(start, end));
      if (line.length > 0) yield { bytes: line, number };
      start = end + 1;
    }
    rest = bytes.slice(start);
    if (rest.length > LIMITS.line) {
      throw wrongValue(path, "lines of at most 4 MB", "a longer one");
    }
  }
  const last = trimmed(rest);
  if (last.length > 0) yield { bytes: last, number: number + 1 };
}

async function* chunksOf(
  path: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const isPacked = /\.gz$/i.test(path);
  try {
    using file = await Deno.open(path);
    const most = isPacked ? mostUnpacked((await file.stat()).size) : Infinity;
    const read = piecesOf(file);
    let total = 0;
    for await (const chunk of isPacked ? unpacked(read, "gzip") : read) {
      total += chunk.length;
      if (total > most) {
        throw wrongValue(path, `at most ${most} bytes, unpacked`, "more");
      }
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const isOfSystem = !(cause instanceof TypeError) && cause instanceof Error;
    const got = isOfSystem ? cause.message : "bytes that gzip cannot unpack";
    const what = `cannot read ${path}`;
    const help = "Give a whole file that is there and that you may read.";
    throw new DataError(describe({ what, got, help }), { cause });
  }
}

async function* piecesOf(
  file: Deno.FsFile,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  while (true) {
    const piece = new Uint8Array(2 ** 16);
    const count = await file.read(piece);
    if (count === null) return;
    yield piece.subarray(0, count);
  }
}

function trimmed(line: Uint8Array): Uint8Array {
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}

const isSeparator = (byte: number) => byte === 44 || byte === 59 || byte === 9; // , ; tab

/** Writes a line's numbers, NaN for what is none; returns how many there are. */
function parseLine(line: Uint8Array, values: Float64Array): number {
  let column = 0;
  let start = 0;
  let value = 0;
  let isPlain = true;
  for (let at = 0; at <= line.length; at++) {
    const byte = at < line.length ? line[at] : 44;
    if (byte >= 48 && byte <= 57) {
      value = value * 10 + byte - 48;
    } else if (isSeparator(byte)) {
      if (column < values.length) {
        values[column] = isPlain && at > start
          ? value
          : numberOf(textOf(line.subarray(start, at)));
      }
      column++;
      start = at + 1;
      value = 0;
      isPlain = true;
    } else isPlain = false;
  }
  return column;
}

/** The fields, one at a time: a line may have millions. */
function* fieldsOf(line: Uint8Array): Generator<string> {
  let start = 0;
  for (let at = 0; at <= line.length; at++) {
    if (at < line.length && !isSeparator(line[at])) continue;
    yield textOf(line.subarray(start, at));
    start = at + 1;
  }
}

const decoder = new TextDecoder();

function textOf(field: Uint8Array): string {
  return decoder.decode(field).trim().replace(/^"(.*)"$/, "$1");
}

/** A field as an error shows it. */
function fieldAt(line: Uint8Array, column: number): string {
  return [...fieldsOf(line)][column].slice(0, 40) || "nothing";
}

function numberOf(field: string): number {
  return field === "" ? NaN : Number(field);
}

function wrongTable(path: string, got: string): FormatError {
  return new FormatError(describe({
    what: path,
    expected: "a table of pixels: label,pixel0,pixel1,… of square images, " +
      "with or without names in the first line",
    got,
    help: "Give 785 columns for 28 × 28 pixels, one line for each image.",
  }));
}

function wrongValue(what: string, expected: string, got: string): FormatError {
  const help = "Mend the table, or write it again.";
  return new FormatError(describe({ what, expected, got, help }));
}
