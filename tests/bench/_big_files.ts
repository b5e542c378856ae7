import { deflateSync, gzipSync } from "node:zlib";
import jpeg from "npm:jpeg-js@0.4.4";
import {
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipWriter,
} from "npm:@zip.js/zip.js@2.24.0";
import { Linear, openDevice } from "../../mod.ts";
import { pickleTensor } from "../../src/formats/_pickle_tensor.ts";
import { PickleWriter } from "../../src/formats/_pickle_writer.ts";
import { writeZip } from "../../src/formats/_zip.ts";
import {
  encodeNpz,
  encodeSafetensors,
  type HostTensor,
} from "../../src/formats/mod.ts";
import { exportOnnx } from "../../src/onnx/mod.ts";
import {
  concat,
  idx,
  pngFile,
  tarHeader,
  text,
} from "../fuzz/hostile_bytes.ts";
import type { ReaderName } from "../fuzz/readers.ts";

/** A right file of many bytes, made where it is needed. */
export interface BigFile {
  readonly name: string;
  readonly reader: ReaderName;
  /** Its content, unpacked, in bytes. */
  readonly content: number;
  bytes(): Uint8Array | Promise<Uint8Array>;
}

/** Elements of the tensors, of 4 bytes each. */
const COUNT = 2 ** 24;

/** Columns and rows of pictures. */
const [WIDTH, HEIGHT] = [5000, 4000];
const PIXELS = WIDTH * HEIGHT;

/** Bytes that pack to about half, the same each time. */
function noise(length: number, end = 256): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = (state >>> 24) % end;
  }
  return bytes;
}

/** Floats of any sign and of magnitudes about 1. */
function floats(count = COUNT): Float32Array {
  return Float32Array.from(noise(count), (byte) => byte / 128 - 1);
}

const tensors = (): [string, HostTensor][] => [
  ["weight", { dtype: "F32", shape: [4096, COUNT / 4096], data: floats() }],
];

function bytesOf({ buffer, byteLength, byteOffset }: ArrayBufferView) {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** A pickle of a dictionary of one matrix, whose rows may be its columns. */
function pickleOf(shape: readonly number[], strides: readonly number[]) {
  const pickle = new PickleWriter();
  pickle.call("collections", "OrderedDict", () => {});
  pickle.items(() => {
    pickle.text("weight");
    pickleTensor(pickle, {
      storage: "FloatStorage",
      count: COUNT,
      shape,
      strides,
    });
  });
  return pickle.end();
}

function pth(strides: readonly [number, number]): Promise<Uint8Array> {
  return writeZip([
    ["archive/data.pkl", pickleOf([4096, 4096], strides)],
    ["archive/data/0", bytesOf(floats())],
  ]);
}

/** A file of PyTorch before 1.6. */
function legacyPth(): Uint8Array {
  const count = new Uint8Array(8);
  new DataView(count.buffer).setUint32(0, COUNT, true);
  return concat([
    text("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."),
    text("\x80\x02M\xe9\x03."),
    text("\x80\x02}X\x0d\0\0\0little_endian\x88s."),
    pickleOf([4096, 4096], [4096, 1]),
    text("\x80\x02]X\x01\0\0\x000a."),
    count,
    bytesOf(floats()),
  ]);
}

function npy(descr: string, order: "True" | "False"): Uint8Array {
  const dict =
    `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (4096, 4096), }`;
  return concat([
    text(`\x93NUMPY\x01\0\x76\0${dict.padEnd(117)}\n`),
    bytesOf(floats()),
  ]);
}

async function packedNpz(): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 6 });
  await writer.add("weight.npy", new Uint8ArrayReader(npy("<f4", "False")));
  return await writer.close();
}

async function onnx(): Promise<Uint8Array> {
  using device = await openDevice({ device: "cpu" });
  const model = new Linear(4096, 4096).to(device, { seed: 0 });
  return await exportOnnx(model, { inputShape: [4096] });
}

function idxOf(rows: number): Uint8Array {
  const file = idx([rows, 28, 28], rows * 784);
  file.set(noise(rows * 784), 16);
  return file;
}

function csv(rows: number): Uint8Array {
  const row = Array.from(noise(785), (byte, at) => at === 0 ? byte % 10 : byte);
  const line = text(`${row.join()}\n`);
  return concat(Array(rows).fill(line));
}

/** A PNG whose rows have all filters in turn, but for interlaced ones. */
function png(
  depth: number,
  colour: number,
  chunks: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const channels = [1, 0, 3, 1, 2, 0, 4][colour];
  const stride = 1 + WIDTH * channels * depth / 8;
  const rows = noise(stride * HEIGHT);
  for (let row = 0; row < HEIGHT; row++) rows[row * stride] = row % 5;
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, WIDTH);
  new DataView(header.buffer).setUint32(4, HEIGHT);
  header.set([depth, colour], 8);
  return pngFile([
    ["IHDR", header],
    ...Object.entries(chunks),
    ["IDAT", deflateSync(rows, { level: 1 })],
    ["IEND", new Uint8Array()],
  ]);
}

function bmp(bits: 8 | 16 | 24 | 32): Uint8Array {
  const palette = bits === 8 ? 1024 : 0;
  const size = PIXELS * bits / 8;
  const header = new Uint8Array(54 + palette);
  header.set(text("BM"));
  const view = new DataView(header.buffer);
  view.setUint32(10, 54 + palette, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, WIDTH, true);
  view.setInt32(22, HEIGHT, true);
  view.setUint16(28, bits, true);
  header.set(noise(palette), 54);
  return concat([header, noise(size)]);
}

function plainPgm(): Uint8Array {
  const row = `${noise(WIDTH).join(" ")}\n`;
  return text(`P2\n${WIDTH} ${HEIGHT}\n255\n${row.repeat(HEIGHT)}`);
}

/** A GIF of 8 megapixels of 7 bits, whose tables of words never fill. */
function gif(): Uint8Array {
  const [width, height] = [4000, 2000];
  const codes: Uint8Array[] = [];
  const values = noise(width * height, 128);
  for (let at = 0; at < values.length; at += 120) {
    codes.push(Uint8Array.of(0x80), values.subarray(at, at + 120));
  }
  const stream = concat([...codes, Uint8Array.of(0x81)]);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += 255) {
    const block = stream.subarray(at, at + 255);
    blocks.push(Uint8Array.of(block.length), block);
  }
  const size = [width & 255, width >> 8, height & 255, height >> 8];
  return concat([
    text("GIF89a"),
    Uint8Array.of(...size, 0xf6, 0, 0),
    noise(3 * 128),
    Uint8Array.of(0x2c, 0, 0, 0, 0, ...size, 0, 7),
    ...blocks,
    Uint8Array.of(0, 0x3b),
  ]);
}

function jpegOf(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let at = 0; at < data.length; at++) {
    data[at] = 128 + 100 * Math.sin(at / 40) * Math.cos(at / width / 90);
  }
  return new Uint8Array(jpeg.encode({ width, height, data }, 80).data);
}

const MATRIX = COUNT * 4;

/** Right files of every format whose content is 20 to 80 MB. */
export const BIG: readonly BigFile[] = [
  {
    ...{ name: "F32", reader: "safetensors", content: MATRIX },
    bytes: () => encodeSafetensors(tensors()),
  },
  {
    ...{ name: "rows", reader: "pth", content: MATRIX },
    bytes: () => pth([4096, 1]),
  },
  {
    ...{ name: "transposed", reader: "pth", content: MATRIX },
    bytes: () => pth([1, 4096]),
  },
  {
    ...{ name: "rows", reader: "legacy pth", content: MATRIX },
    bytes: legacyPth,
  },
  {
    ...{ name: "F32", reader: "npz", content: MATRIX },
    bytes: () => encodeNpz(tensors()),
  },
  { ...{ name: "packed", reader: "npz", content: MATRIX }, bytes: packedNpz },
  {
    ...{ name: "Fortran's order", reader: "npz", content: MATRIX },
    bytes: () => writeZip([["weight.npy", npy("<f4", "True")]]),
  },
  {
    ...{ name: "highest byte first", reader: "npz", content: MATRIX },
    bytes: () => writeZip([["weight.npy", npy(">f4", "False")]]),
  },
  { ...{ name: "Linear", reader: "onnx", content: MATRIX }, bytes: onnx },
  {
    ...{ name: "images", reader: "idx", content: 80_000 * 784 },
    bytes: () => idxOf(80_000),
  },
  {
    ...{ name: "images", reader: "gz", content: 80_000 * 784 },
    bytes: () => gzipSync(idxOf(80_000)),
  },
  {
    ...{ name: "images", reader: "csv", content: 25_000 * 784 },
    bytes: () => csv(25_000),
  },
  {
    ...{ name: "images", reader: "csv.gz", content: 25_000 * 784 },
    bytes: () => gzipSync(csv(25_000)),
  },
  {
    ...{ name: "images", reader: "cifar", content: 20_000 * 3073 },
    bytes: () => noise(20_000 * 3073, 10),
  },
  {
    ...{ name: "a file", reader: "archive", content: MATRIX },
    bytes: () =>
      gzipSync(concat([
        ...[tarHeader("data.bin", MATRIX), noise(MATRIX)],
        new Uint8Array(1024),
      ])),
  },
  {
    ...{ name: "RGB", reader: "png", content: 3 * PIXELS },
    bytes: () => png(8, 2),
  },
  {
    ...{ name: "grey of 16 bits", reader: "png", content: 2 * PIXELS },
    bytes: () => png(16, 0),
  },
  {
    ...{ name: "a palette", reader: "png", content: 4 * PIXELS },
    bytes: () => png(8, 3, { PLTE: noise(768) }),
  },
  {
    ...{ name: "RGB, one transparent", reader: "png", content: 4 * PIXELS },
    bytes: () => png(8, 2, { tRNS: Uint8Array.of(0, 1, 0, 2, 0, 3) }),
  },
  {
    ...{ name: "black and white", reader: "png", content: PIXELS },
    bytes: () => png(1, 0),
  },
  {
    ...{ name: "16 megapixels", reader: "jpeg", content: 3 * 4000 * 4000 },
    bytes: () => jpegOf(4000, 4000),
  },
  ...([8, 16, 24, 32] as const).map((bits): BigFile => ({
    ...{ name: `${bits} bits`, reader: "bmp" },
    content: PIXELS * (bits === 32 ? 4 : 3),
    bytes: () => bmp(bits),
  })),
  {
    ...{ name: "bytes", reader: "pgm", content: PIXELS },
    bytes: () => concat([text(`P5\n${WIDTH} ${HEIGHT}\n255\n`), noise(PIXELS)]),
  },
  { ...{ name: "text", reader: "pgm", content: PIXELS }, bytes: plainPgm },
  {
    ...{ name: "8 megapixels", reader: "gif", content: 4 * 8e6 },
    bytes: gif,
  },
];
