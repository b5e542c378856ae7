import { csvLayout, readCsv } from "../../src/data/folder/csv.ts";
import { decodeImage } from "../../src/digits/decode.ts";
import { decodeWeights } from "../../src/formats/weights.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import {
  pictureDifference,
  type PictureTolerance,
  type ReferencePicture,
} from "./_same_picture.ts";
import { type ReferenceTable, tableDifference } from "./_same_table.ts";
import { type ReferenceWeights, weightsDifference } from "./_same_weights.ts";
import type { Module } from "./reference.ts";

/** A format that a reference reads too. */
interface Format<Theirs> {
  /** What the reference reads it with. */
  readonly module: Module;
  /**
   * Reads a file with the library, and returns what compares that with the
   * reference's content: it says what differs, or null.
   */
  read(file: Uint8Array): Promise<(theirs: Theirs) => string | null>;
}

/** What Pillow's values may differ by, where ours have more bits or fewer. */
const ROUNDING = 0.999;

function picture(
  toleranceOf: (
    file: Uint8Array,
    theirs: ReferencePicture,
  ) => PictureTolerance = () => ({ steps: ROUNDING }),
): Format<ReferencePicture> {
  return {
    module: "pillow",
    async read(file) {
      const own = await decodeImage(file, "a picture");
      return (theirs) =>
        pictureDifference(own, theirs, toleranceOf(file, theirs));
    },
  };
}

function weights(module: Module): Format<ReferenceWeights> {
  return {
    module,
    async read(file) {
      const own = await decodeWeights(file);
      return (theirs) => weightsDifference(own, theirs);
    },
  };
}

function table(name: string): Format<ReferenceTable> {
  return {
    module: "csv",
    async read(file) {
      await using folder = await temporaryFolder();
      const path = `${folder.path}/${name}`;
      await Deno.writeFile(path, file);
      const layout = await csvLayout(path);
      const rows = await readCsv(path, layout);
      return (theirs) => tableDifference({ ...rows, layout }, theirs);
    },
  };
}

/** Whether the samples of a JPEG's colours are fewer than its pixels. */
function isSubsampled({ sampling }: ReferencePicture): boolean {
  return sampling.some((factors) => String(factors) !== String(sampling[0]));
}

/**
 * The formats that a reference reads too. Where two right readers may differ:
 *
 * - JPEG: its standard leaves the inverse DCT an error of one step in each of
 *   Y, Cb and Cr (ITU-T T.83), up to 1 + 1.772 in a colour, to each reader; with
 *   rounding that is 6. It has no checksum: of damaged coefficients up to half of
 *   the pixels may be beyond what a byte holds. How fewer samples of colour
 *   become pixels it leaves open: then brightness alone is compared.
 * - BMP of 16 bits: Pillow rounds a colour of 5 or 6 bits down, we to the
 *   nearest. In 32 bits without masks Pillow sees no alpha.
 * - GIF: a transparent pixel has no colour.
 */
export const FORMATS = {
  npz: weights("numpy"),
  pth: weights("torch"),
  "legacy pth": weights("torch"),
  onnx: weights("onnx"),
  csv: table("train.csv"),
  "csv.gz": table("train.csv.gz"),
  png: picture(),
  jpeg: picture((_file, theirs) =>
    isSubsampled(theirs)
      ? { steps: 4, seesLumaAlone: true }
      : { steps: 6, beyond: 0.5 }
  ),
  bmp: picture((file) => ({
    steps: file[28] === 16 ? 1 : ROUNDING,
    seesAlpha: !(file[28] === 32 && file[30] === 0),
  })),
  pgm: picture(),
  gif: picture(() => ({ steps: 0, seesTransparent: false })),
  webp: picture(),
} as const satisfies Record<string, Format<never>>;

/** The formats that a reference reads too. */
export type FormatName = keyof typeof FORMATS;

/** The format of a reader, if a reference reads it too. */
export function formatOf(reader: string): FormatName | null {
  return Object.hasOwn(FORMATS, reader) ? reader as FormatName : null;
}
