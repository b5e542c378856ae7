import { deflateSync, gzipSync } from "node:zlib";
import { writeZip } from "../../src/formats/_zip.ts";
import {
  bmp,
  concat,
  doubledList,
  gif,
  gzipOf,
  gzipOfZeros,
  idx,
  jpeg,
  legacy,
  longName,
  many,
  MEGABYTE,
  npy,
  packedZip,
  png,
  progressive,
  repeated,
  safetensors,
  tarHeader,
  text,
  webp,
  withHeader,
  zlibOfZeros,
} from "./hostile_bytes.ts";
import type { ReaderName } from "./readers.ts";

/** A small file that asks for much, made where it is needed. */
export interface HostileFile {
  readonly name: string;
  readonly reader: ReaderName;
  bytes(): Uint8Array | Promise<Uint8Array>;
  /** What may be wanted of it, in bytes, where it is more than its own size. */
  readonly wanted?: number;
  /** Whether it is right, and read. */
  readonly isRight?: boolean;
}

/** Files that took gigabytes, or minutes, or never ended. */
export const HOSTILE: readonly HostileFile[] = [
  { name: "gzip of 3 GB of zeros", reader: "gz", bytes: gzipOfZeros },
  {
    name: "gzip of 200 MB of zeros after an IDX header of 2^32 rows",
    reader: "gz",
    bytes: () => gzipSync(idx([2 ** 32 - 1, 28, 28], 200 * MEGABYTE)),
  },
  {
    name: "IDX of 2^32 rows and no more",
    reader: "idx",
    bytes: () => idx([2 ** 32 - 1, 28, 28], 0),
  },
  {
    name: "IDX of rank 255",
    reader: "idx",
    bytes: () => idx(Array(255).fill(2 ** 32 - 1), 0),
  },
  {
    name: "PNG of 8 × 8 whose pixels unpack to 2 GB",
    reader: "png",
    bytes: () => png(8, 8, { IDAT: zlibOfZeros(2048) }),
    isRight: true,
  },
  {
    name: "PNG with a colour profile that unpacks to 2 GB",
    reader: "png",
    bytes: () =>
      png(8, 8, {
        iCCP: concat([text("profile\0\0"), zlibOfZeros(2048)]),
        IDAT: deflateSync(new Uint8Array(8 * 9)),
      }),
    isRight: true,
  },
  {
    name: "PNG with text that unpacks to 2 GB",
    reader: "png",
    bytes: () =>
      png(8, 8, {
        zTXt: concat([text("Comment\0\0"), zlibOfZeros(2048)]),
        IDAT: deflateSync(new Uint8Array(8 * 9)),
      }),
    isRight: true,
  },
  {
    name: "PNG of 2^31 × 2^31",
    reader: "png",
    bytes: () => png(2 ** 31 - 1, 2 ** 31 - 1, { IDAT: new Uint8Array(9) }),
  },
  {
    name: "PNG of 8000 × 8000 in 16-bit RGBA without its pixels",
    reader: "png",
    bytes: () => png(8000, 8000, { IDAT: zlibOfZeros(0) }, [16, 6]),
  },
  {
    name: "JPEG of 65,500 × 65,500",
    reader: "jpeg",
    bytes: () => jpeg(65_500, 65_500),
  },
  {
    name: "JPEG of 8000 × 8000 without its pixels",
    reader: "jpeg",
    bytes: () => jpeg(8000, 8000),
    wanted: 8000 * 8000 * 3,
  },
  {
    name: "progressive JPEG of 4000 × 4000 and 20,000 empty scans",
    reader: "jpeg",
    bytes: () => progressive(4000, 4000, 20_000),
    wanted: 4000 * 4000 * 3,
  },
  {
    name: "BMP of 8000 × 8000 without its pixels",
    reader: "bmp",
    bytes: () => bmp(8000, 8000),
  },
  {
    name: "PGM of 8000 × 8000 without its pixels",
    reader: "pgm",
    bytes: () => text("P2 8000 8000 255\n0 0 0"),
  },
  {
    name: "PGM of 8 × 8 and ten million numbers more",
    reader: "pgm",
    bytes: () => text(`P2 8 8 255\n${"0 ".repeat(10_000_000)}`),
  },
  {
    name: "GIF of 7000 × 7000 with nothing in it",
    reader: "gif",
    bytes: () => gif(7000, 7000, 1),
  },
  {
    name: "GIF of 50,000 frames of 100 × 100",
    reader: "gif",
    bytes: () => gif(100, 100, 50_000),
    isRight: true,
  },
  {
    name: "WebP of 7000 × 7000 without its pixels",
    reader: "webp",
    bytes: () => webp(7000, 7000),
  },
  {
    name: "npz of one array of 3 GB of zeros",
    reader: "npz",
    bytes: () => packedZip("x_train.npy", npy(3 * 2 ** 30 - 128), 3072),
  },
  {
    name: "npz of an array of 1000 bytes that unpacks to 3 GB",
    reader: "npz",
    bytes: () => packedZip("x_train.npy", npy(1000), 3072, 1128),
  },
  {
    name: "pth whose pickle of 1000 bytes unpacks to 3 GB",
    reader: "pth",
    bytes: () => packedZip("archive/data.pkl", text("\x80\x02"), 3072, 1000),
  },
  {
    name: "npz whose array of 1 TB is not there",
    reader: "npz",
    bytes: () => writeZip([["x.npy", npy(2 ** 40)]]),
  },
  {
    name: "npz of 5,001 empty arrays",
    reader: "npz",
    bytes: () => writeZip(many(5001, (at) => [`a${at}.npy`, npy(0)])),
  },
  {
    name: "pth whose pickle unpacks to 3 GB",
    reader: "pth",
    bytes: () => packedZip("archive/data.pkl", text("\x80\x02"), 3072),
  },
  {
    name: "legacy pth of a list that doubles 60 times",
    reader: "legacy pth",
    bytes: doubledList,
  },
  {
    name: "legacy pth of 20 million numbers",
    reader: "legacy pth",
    bytes: () => legacy(concat([text("("), repeated("K\x01", 2e7), text("t")])),
  },
  {
    name: "legacy pth of a list of 100,000 pairs read 100,000 times",
    reader: "legacy pth",
    bytes: () =>
      legacy(concat([
        text("ccollections\nOrderedDict\nq\x01("),
        repeated("K\x01K\x02\x86", 100_000),
        text("t\x85q\x02"),
        repeated("h\x01h\x02R0", 100_000),
      ])),
  },
  {
    name: "pth of a name of 100 kB before 20,000 values",
    reader: "pth",
    bytes: () => writeZip([["archive/data.pkl", longName()]]),
  },
  {
    name: "safetensors of 1,600,000 empty tensors",
    reader: "safetensors",
    bytes: () => safetensors(1_600_000),
  },
  {
    name: "safetensors of a header of 95 MB of white space",
    reader: "safetensors",
    bytes: () => withHeader(text(`{${" ".repeat(95_000_000)}}`)),
    isRight: true,
  },
  {
    name: "safetensors with metadata of 95 MB",
    reader: "safetensors",
    bytes: () =>
      withHeader(text(`{"__metadata__":{"a":"${"x".repeat(95_000_000)}"}}`)),
    isRight: true,
  },
  {
    name: "safetensors with a million names of metadata",
    reader: "safetensors",
    bytes: () => {
      const all = many(1_000_000, (at) => `"${at}":"x"`);
      return withHeader(text(`{"__metadata__":{${all.join()}}}`));
    },
  },
  {
    name: "safetensors of a shape of ten million ones",
    reader: "safetensors",
    bytes: () =>
      withHeader(
        text(
          `{"a":{"dtype":"F32","shape":[${
            "1,".repeat(1e7)
          }1],"data_offsets":[0,4]}}`,
        ),
        4,
      ),
  },
  {
    name: "safetensors of a header of ten million brackets",
    reader: "safetensors",
    bytes: () => withHeader(text(`{"a":${"[".repeat(1e7)}`)),
  },
  {
    name: "checkpoint with ten million epochs",
    reader: "checkpoint",
    bytes: () => {
      const history = `[${"{},".repeat(10_000_000)}{}]`;
      const header = { __metadata__: { settings: "{}", history } };
      return withHeader(text(JSON.stringify(header)));
    },
  },
  {
    name: "csv of one line of 100 MB",
    reader: "csv",
    bytes: () => text("0,".repeat(50 * MEGABYTE)),
  },
  {
    name: "gzip of a csv of one line of 3 GB",
    reader: "csv.gz",
    bytes: gzipOfZeros,
  },
  {
    name: "gzip of a csv of 1.5 GB of pixels",
    reader: "csv.gz",
    bytes: () => gzipOf(text(`${"0,".repeat(784)}0\n`), 900_000),
    wanted: 500 * MEGABYTE,
  },
  {
    name: "csv of a first line of 16 MB, which is a square",
    reader: "csv",
    bytes: () => text(`${"0,".repeat(2800 * 2800)}0\n`),
  },
  {
    name: "csv of ten million empty lines",
    reader: "csv",
    bytes: () => text("\n".repeat(10_000_000)),
  },
  {
    name: "CIFAR of half an image",
    reader: "cifar",
    bytes: () => new Uint8Array(1500),
  },
  {
    name: "tar of a file of 60 GB",
    reader: "archive",
    bytes: () => gzipSync(tarHeader("a.bin", 60 * 2 ** 30)),
  },
  {
    name: "tar of a file of 1 GB of which nothing is there",
    reader: "archive",
    bytes: () => gzipSync(tarHeader("a.bin", 2 ** 30)),
  },
  {
    name: "tar of 3 GB of zeros before what is wanted",
    reader: "archive",
    bytes: () =>
      concat([
        gzipOf(tarHeader("a.txt", 3 * 2 ** 30), 1).subarray(0, -10),
        gzipOfZeros().subarray(10),
      ]),
  },
];
