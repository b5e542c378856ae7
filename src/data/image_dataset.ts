import { printAsText } from "../base/printing.ts";
import { checkIndex, checkLabels } from "./_checks.ts";
import { renumberClasses } from "./_renumber_classes.ts";
import { datasetText } from "./_dataset_text.ts";
import { arrayItem } from "./arrays.ts";
import type {
  ArrayDataset,
  DatasetInputs,
  DatasetItem,
  DatasetTargets,
} from "./dataset.ts";
import type { ImageRows, Split } from "./folder/mod.ts";

/** The mean of a function of pixels, 0…1, which are counted by value. */
function meanOf(
  counts: Float64Array,
  of: (value: number) => number,
): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, n, value) => sum + n * of(value / 255), 0) / total;
}

/** What a data set of images is made of. */
export interface ImageDatasetParts {
  /** Its images and labels. */
  readonly rows: ImageRows;
  /** Where they came from. */
  readonly source: string;
  /** Which part it is. */
  readonly split: Split;
  /** The names of the classes, which number the labels. Default: the rows'. */
  readonly classNames?: readonly string[];
  /** Number of classes. Default: as many as have names, or 10. */
  readonly classes?: number;
  /** The least label. Default: the rows', or 0. */
  readonly firstLabel?: number;
  /** The first so many rows. Default all. */
  readonly limit?: number;
}

/**
 * Images of one size, with the class of each.
 *
 * @category Data
 */
export class ImageDataset implements ArrayDataset {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** Images. */
  readonly length: number;
  /** Shape of an image: `[channels, height, width]`. */
  readonly imageShape: readonly [
    channels: number,
    height: number,
    width: number,
  ];
  /** The pixels, 0…255: `[length, channels, height, width]`. */
  readonly images: Uint8Array;
  /** The class of each image, from 0; 0 for all where there are no labels. */
  readonly labels: Uint8Array | Int32Array;
  /** Whether the images have labels. */
  readonly isLabelled: boolean;
  /** The folder that held the files, or the name of where they came from. */
  readonly source: string;
  /** The images as rows that become 0…1 in a batch. */
  readonly inputs: DatasetInputs;
  /** The labels, how many classes there are, and their names. */
  readonly targets: DatasetTargets & { readonly classes: number };
  readonly #split: Split;

  /**
   * Checks the labels.
   *
   * @throws {RangeError} If one is not of the classes'.
   * @throws {DataError} If the classes have other names, and another number.
   */
  constructor(parts: ImageDatasetParts) {
    const { limit = Infinity, source, split } = parts;
    const rows = parts.classNames === undefined
      ? parts.rows
      : renumberClasses(parts.rows, parts.classNames);
    const { classNames: names, firstLabel: known = 0 } = rows;
    const firstLabel = parts.firstLabel ?? known;
    const { images, labels, labelsName, shape } = rows;
    const size = shape.reduce((product, size) => product * size, 1);
    const length = Math.min(limit, images.length / size);
    const classes = parts.classes ?? names?.length ?? 10;
    if (labels !== null) checkLabels(labelsName, labels, classes, firstLabel);
    this.length = length;
    this.imageShape = shape;
    this.images = images.subarray(0, length * size);
    this.labels = labels === null
      ? new Uint8Array(length)
      : labels.subarray(0, length).map((label) => label - firstLabel);
    this.isLabelled = labels !== null;
    this.source = source;
    this.inputs = { data: this.images, rowShape: shape, divisor: 255 };
    // Names are those of labels from another number on.
    const named = firstLabel === known ? names : undefined;
    const classNames = named === undefined && firstLabel === 0
      ? undefined
      : Array.from(
        { length: classes },
        (_, row) => named?.[row] ?? String(row + firstLabel),
      );
    this.targets = {
      data: this.labels,
      classes,
      ...(classNames === undefined ? {} : { classNames }),
    };
    this.#split = split;
  }

  /** An image's pixels, 0…255, and its class. */
  get(index: number): DatasetItem {
    checkIndex(`${this.constructor.name}.get: index`, index, this.length);
    return arrayItem(this, index);
  }

  /**
   * Mean and standard deviation of each channel, of pixels from 0 to 1: 0.1307
   * and 0.3081 for MNIST's training images.
   */
  statistics(): { mean: number[]; std: number[] } {
    const [channels, height, width] = this.imageShape;
    const area = height * width;
    const counts = Array.from(
      { length: channels },
      () => new Float64Array(256),
    );
    for (let at = 0; at < this.images.length; at++) {
      counts[Math.floor(at / area) % channels][this.images[at]]++;
    }
    const mean = counts.map((count) => meanOf(count, (value) => value));
    const std = counts.map((count, channel) =>
      Math.sqrt(meanOf(count, (value) => (value - mean[channel]) ** 2))
    );
    return { mean, std };
  }

  /** Rows, origin and split, as torchvision prints a data set. */
  toString(): string {
    const split = this.#split === "train" ? "Train" : "Test";
    return datasetText(this.constructor.name, this, [
      `Root location: ${this.source}`,
      `Split: ${split}`,
    ]);
  }
}
