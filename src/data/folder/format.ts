import type { Listing } from "./listing.ts";

/** Channels, height and width of every image of a data set. */
export type ImageShape = readonly [
  channels: number,
  height: number,
  width: number,
];

/** The two parts of a data set. */
export type Split = "train" | "test";

/** The images of a part of a data set. */
export interface ImageRows {
  /** Pixels, 0…255, channel by channel: `[rows, channels, height, width]`. */
  readonly images: Uint8Array;
  /** Channels, height and width. */
  readonly shape: ImageShape;
  /** The labels as they are stored, or null where there are none. */
  readonly labels: Uint8Array | Int32Array | null;
  /** What an error calls the labels: their file. */
  readonly labelsName: string;
  /** The names of the classes, where the data set has them. */
  readonly classNames?: readonly string[];
  /** The least label, where it is known. */
  readonly firstLabel?: number;
}

/** Training or test images that a folder holds, not read yet. */
export interface FoundPart {
  /** The files, for people. */
  readonly name: string;
  /** Whether the images have labels. */
  readonly isLabelled: boolean;
  /** Reads all of it. */
  read(): Promise<ImageRows>;
}

/** A data set that a folder holds. */
export interface FoundData {
  /** Where it lies, for people: a folder or a file. */
  readonly source: string;
  /** The images to learn from. */
  readonly train: FoundPart | null;
  /** The images to test with. */
  readonly test: FoundPart | null;
  /** Its files, at least one. */
  readonly files: readonly string[];
  /** The files that each part needs. */
  readonly needs: Readonly<Record<Split, string>>;
  /** Whether some of the training images may serve as test images. */
  readonly holdsOut: boolean;
}

/** A way in which the files of a data set lie in a folder. */
export interface FolderFormat {
  /** What it reads, for the error of a folder without any. */
  readonly reads: string;
  /**
   * The data set of this format in a folder, or null.
   *
   * @throws {DataError} If there are several.
   */
  find(folder: Listing): Promise<FoundData | null>;
}
