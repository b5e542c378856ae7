import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { bytesSource } from "../../src/formats/_source.ts";
import { openZip, writeZip } from "../../src/formats/_zip.ts";
import { type HostTensor, writeIdx } from "../../src/formats/mod.ts";
import { encodeNpz, encodeSafetensors } from "../../src/formats/mod.ts";
import { asBmp, asJpeg, asPgm } from "../digits/_pictures.ts";
import { writePngFile } from "../digits/_write_png.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import {
  concat,
  idx,
  pngFile,
  tarHeader,
  text,
  withHeader,
} from "./hostile_bytes.ts";
import type { ReaderName } from "./readers.ts";

/** A right file of a format, and what it is made of. */
export interface Specimen {
  readonly reader: ReaderName;
  readonly file: Uint8Array;
  /** The parts that are changed, each with checksums and lengths around it. */
  readonly parts: readonly Uint8Array[];
  /** A file of parts that may have been changed. */
  whole(parts: readonly Uint8Array[]): Uint8Array | Promise<Uint8Array>;
}

const tensors: [string, HostTensor][] = [
  ["weight", {
    dtype: "F32",
    shape: [2, 2],
    data: Float32Array.of(1, 2, 3, 4),
  }],
  ["steps", { dtype: "I64", shape: [], data: BigInt64Array.of(7n) }],
  ["mask", { dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) }],
];

const picture = {
  width: 9,
  height: 7,
  channels: 3,
  data: Float64Array.from({ length: 189 }, (_, at) => at % 8 / 8),
} as const;

/** Right files of every format that is read, small ones. */
export async function specimens(): Promise<Specimen[]> {
  const golden = (name: string) => Deno.readFile(goldenPath(name));
  const images = concat([idx([3, 4, 4], 48)]);
  const half = writeIdx({
    dtype: "f64",
    shape: [2],
    data: new Float64Array(2),
  });
  const table = text(
    "label,a,b,c,d\n1,0,255,3,4\n0,1,2,3,4\n9,9,8,7,6\n",
  );
  const dtypes = [{ depth: 8, colour: 6 }, { depth: 16, colour: 2 }];
  const interlaced = { depth: 2, colour: 3, isInterlaced: true };
  return [
    headed("safetensors", encodeSafetensors(tensors, { format: "pt" })),
    headed("checkpoint", encodeSafetensors(state, checkpoint)),
    ...await Promise.all(
      ["beside", "checkpoint", "views"].map(async (name) =>
        zipped("pth", await golden(`pytorch_${name}.pth`))
      ),
    ),
    plain("legacy pth", await golden("pytorch_legacy.pth")),
    await zipped("npz", await golden("npz_beside.npz")),
    await zipped("npz", await encodeNpz(keras)),
    plain("onnx", await golden("pytorch_network.onnx")),
    plain("idx", images),
    plain("idx", half),
    packed("gz", gzipSync(images)),
    plain("csv", table),
    packed("csv.gz", gzipSync(table)),
    plain("cifar", new Uint8Array(2 * 3073)),
    ...dtypes.map((kind) => png("png", kind)),
    png("png", interlaced),
    png("pictures", { depth: 8, colour: 0 }),
    packed(
      "archive",
      gzipSync(concat([tarHeader("data.bin", 16), new Uint8Array(1536)])),
    ),
    plain("jpeg", asJpeg(picture)),
    ...await Promise.all(
      ["progressive", "few_colours", "grey", "ink"].map(async (name) =>
        plain("jpeg", await golden(`${name}.jpg`))
      ),
    ),
    plain("bmp", asBmp(picture)),
    plain("bmp", asBmp(picture, { bits: 8 })),
    plain("pgm", asPgm(picture)),
    plain("pgm", text("P2\n# grey\n3 2 255\n0 1 2\n3 4 255\n")),
    plain("gif", await golden("nine.gif")),
    plain("webp", await golden("nine.webp")),
    plain("webp", await golden("nine_lossless.webp")),
    plain("avif", await golden("one.avif")),
  ];
}

/** A checkpoint's tensors that are no weights, and what its text tells. */
const state: [string, HostTensor][] = [
  ...tensors,
  ["trainer.batch", { dtype: "I32", shape: [], data: Int32Array.of(1) }],
];
const checkpoint = {
  epoch: "1",
  settings: JSON.stringify({
    epochs: 2,
    lr: 0.01,
    seed: 0,
    recipe: "notebook",
  }),
  history: JSON.stringify([
    { epoch: 1, loss: 1, acc: 0.5, valLoss: 1, valAcc: 0.5, lr: 0.01 },
  ]),
};

const keras: [string, HostTensor][] = [
  ["x_train", { dtype: "U8", shape: [2, 2, 2], data: new Uint8Array(8) }],
  ["y_train", { dtype: "U8", shape: [2], data: new Uint8Array(2) }],
];

function plain(reader: ReaderName, file: Uint8Array): Specimen {
  return { reader, file, parts: [file], whole: ([part]) => part };
}

/** Packed by gzip: what is inside is changed. */
function packed(reader: ReaderName, file: Uint8Array): Specimen {
  return {
    reader,
    file,
    parts: [gunzipSync(file)],
    whole: ([part]) => gzipSync(part),
  };
}

/** Header and data; the length of the header is right. */
function headed(reader: ReaderName, file: Uint8Array): Specimen {
  const view = new DataView(file.buffer, file.byteOffset);
  const end = 8 + view.getUint32(0, true);
  return {
    reader,
    file,
    parts: [file.subarray(8, end), file.subarray(end)],
    whole: ([header, data]) => concat([withHeader(header), data]),
  };
}

/** Members of a zip archive, whose directory is right. */
async function zipped(reader: ReaderName, file: Uint8Array): Promise<Specimen> {
  const { members } = await openZip(bytesSource(file, reader));
  const names = [...members.keys()];
  const parts = [];
  for (const member of members.values()) parts.push(await member.read());
  return {
    reader,
    file,
    parts,
    whole: (changed) => writeZip(names.map((name, at) => [name, changed[at]])),
  };
}

/** Chunks of a PNG with right checksums; pixels are changed unpacked. */
function png(
  reader: ReaderName,
  kind: { depth: number; colour: number; isInterlaced?: boolean },
): Specimen {
  const [width, height] = [5, 4];
  const values = Uint8Array.from({ length: 80 }, (_, at) => at % 4);
  const chunks: Record<string, Uint8Array> = kind.colour === 3
    ? { PLTE: new Uint8Array(12), tRNS: new Uint8Array(2) }
    : {};
  const file = writePngFile({ width, height, values, chunks, ...kind });
  const found: [type: string, content: Uint8Array][] = [];
  const view = new DataView(file.buffer, file.byteOffset);
  for (let at = 8, size = 0; at < file.length; at += 12 + size) {
    size = view.getUint32(at);
    const content = file.subarray(at + 8, at + 8 + size);
    const type = new TextDecoder().decode(file.subarray(at + 4, at + 8));
    found.push([type, type === "IDAT" ? inflateSync(content) : content]);
  }
  return {
    reader,
    file,
    parts: found.map(([, content]) => content),
    whole: (parts) =>
      pngFile(
        found.map(([type], at) => [
          type,
          type === "IDAT" ? deflateSync(parts[at]) : parts[at],
        ]),
      ),
  };
}
