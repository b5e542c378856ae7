import type { FormatName } from "./differential_formats.ts";

/** Files that the library may read though the reference refuses them. */
export interface Reason {
  readonly formats: readonly FormatName[];
  /** The reference's error. */
  readonly refusal: RegExp;
  /** Why the content is defined all the same. */
  readonly why: string;
}

/** Where the library reads more than the reference, and why that is right. */
export const REASONS: readonly Reason[] = [
  {
    formats: ["npz"],
    refusal:
      /^(OSError: \[Errno 22\]|BadZipFile: Bad magic number for central)/,
    why:
      "Where an archive's directory lies is written twice, as a place and by " +
      "its length before the end; where they differ, one of them finds it. What " +
      "the directory names has its checksums.",
  },
  {
    formats: ["pth"],
    refusal: /unsupported multidisk archive/,
    why: "The number of an archive's disk, on which nothing else depends.",
  },
  {
    formats: ["pth"],
    refusal: /Expected hasRecord\("version"\)/,
    why:
      "An archive without a version is one of the only format that there is; " +
      "its content is checked all the same.",
  },
  {
    formats: ["pth"],
    refusal: /^NotImplementedError: python bindings to nullptr storage/,
    why:
      "A storage without elements of a tensor that is named and not read: a " +
      "sparse one.",
  },
  {
    formats: ["onnx"],
    refusal: /^DecodeError: Error parsing message/,
    why:
      "Messages that are no weights, operations or text stay unread, damaged " +
      "or not: the versions of operators, the types of inputs.",
  },
  {
    formats: ["png"],
    refusal: /^ValueError: palette index out of range/,
    why: "Opacities after those of a palette's last colour belong to none; " +
      "libpng passes over them too.",
  },
  {
    formats: ["bmp"],
    refusal: /^OSError: Unsupported BMP Palette size/,
    why:
      "A palette has as many colours as its bits can name, however many the " +
      "header states; a colour that is not in the file is refused.",
  },
  {
    formats: ["webp"],
    refusal: /^OSError: failed to read next frame/,
    why:
      "Both are libwebp: its decoder of pictures reads one that its decoder " +
      "of animations does not, where bytes follow the picture.",
  },
];

/** The reason why a file that the reference refuses may be read, or null. */
export function reasonFor(format: FormatName, refusal: string): Reason | null {
  return REASONS.find(({ formats, refusal: known }) =>
    formats.includes(format) && known.test(refusal)
  ) ?? null;
}
