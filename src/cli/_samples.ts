import { DataError } from "../base/errors.ts";
import { Mnist } from "../data/mnist.ts";
import type { Sample, TrainingImages } from "../serve/mod.ts";

/** How many images the page offers. */
const most = 20;

/**
 * The first test images of a data set, if it is there and of the network's kind.
 *
 * @param isAsked Whether the folder was named: then it has to be there.
 */
export async function samplesIn(
  folder: string,
  classes: number,
  isAsked: boolean,
): Promise<Sample[]> {
  try {
    const options = { split: "test", limit: most, classes } as const;
    const { imageShape, images, labels } = await Mnist.open(folder, {
      ...options,
      download: false,
    });
    if (imageShape.join() !== "1,28,28") return [];
    return Array.from(labels, (label, row) => ({
      label,
      pixels: images.subarray(row * 784, (row + 1) * 784),
    }));
  } catch (error) {
    if (error instanceof DataError && !isAsked) return [];
    throw error;
  }
}

/** The images of a data set for the page to train on. */
export async function trainingImagesIn(
  folder: string,
  classes: number,
  split: "train" | "test" = "train",
): Promise<TrainingImages> {
  const options = { split, classes, download: false } as const;
  const { images, labels } = await Mnist.open(folder, options);
  return { pixels: images, labels: Uint8Array.from(labels) };
}
