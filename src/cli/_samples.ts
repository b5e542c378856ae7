import { DataError } from "../base/errors.ts";
import { Mnist } from "../data/mnist.ts";
import type { Sample, TrainingImages } from "../serve/mod.ts";

/** The classes of a network, and the label of the first. */
interface Labels {
  readonly classes: number;
  readonly firstLabel?: number;
}

/** How many images the page offers. */
const most = 20;

/**
 * The first test images of a data set, if it is there and of the network's kind.
 *
 * @param isAsked Whether the folder was named: then it has to be there.
 */
export async function samplesIn(
  folder: string,
  labels: Labels,
  isAsked: boolean,
): Promise<Sample[]> {
  try {
    const options = { split: "test", limit: most, ...labels } as const;
    const { imageShape, images, labels: classes } = await Mnist.open(folder, {
      ...options,
      download: false,
    });
    if (imageShape.join() !== "1,28,28") return [];
    return Array.from(classes, (label, row) => ({
      label,
      pixels: images.subarray(row * 784, (row + 1) * 784),
    }));
  } catch (error) {
    // Labels out of range are those of other data than the network's.
    const isOther = error instanceof DataError || error instanceof RangeError;
    if (isOther && !isAsked) return [];
    throw error;
  }
}

/** The images of a data set for the page to train on. */
export async function trainingImagesIn(
  folder: string,
  labels: Labels,
  split: "train" | "test" = "train",
): Promise<TrainingImages> {
  const options = { split, download: false, ...labels } as const;
  const { images, labels: classes } = await Mnist.open(folder, options);
  return { pixels: images, labels: Uint8Array.from(classes) };
}
