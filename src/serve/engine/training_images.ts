import type { ArrayDataset } from "../../data/dataset.ts";
import { unpack } from "../../formats/gzip.ts";
import { decodeSafetensors } from "../../formats/safetensors.ts";
import type { LabelledImages } from "./own_images.ts";
import type { Watched } from "./protocol.ts";

/** How many images are watched. */
const watchedImages = 10;

/** The most images that are held out, and their share at most. */
const [mostHeldOut, heldOutShare] = [1000, 0.1];

/** Images to train on, and others to measure by. */
export interface TrainingData {
  readonly trainData: ArrayDataset;
  readonly heldOut: ArrayDataset;
  /** The first of those held out. */
  readonly watched: Watched;
}

/** The page's images. */
export async function fetchImages(): Promise<LabelledImages> {
  const bytes = await fetched("training.safetensors");
  const { tensors } = decodeSafetensors(bytes, "the page's images");
  const [images, labels] = ["images", "labels"].map((name) => {
    const data = tensors.get(name)?.data;
    if (data instanceof Uint8Array) return data;
    throw new Error(`the page's images have no ${name}`);
  });
  return { images, labels };
}

/** Images to train on, and the last of them to measure by. */
export function divided(
  { images, labels }: LabelledImages,
  classes: number,
): TrainingData {
  const count = Math.min(mostHeldOut, labels.length * heldOutShare);
  const start = Math.floor(labels.length - count);
  const part = (start: number, end: number): ArrayDataset => ({
    length: end - start,
    inputs: {
      data: images.subarray(start * 784, end * 784),
      rowShape: [1, 28, 28],
      divisor: 255,
    },
    targets: { data: labels.subarray(start, end), classes },
  });
  const end = Math.min(start + watchedImages, labels.length);
  return {
    trainData: part(0, start),
    heldOut: part(start, labels.length),
    watched: {
      pixels: images.slice(start * 784, end * 784),
      labels: labels.slice(start, end),
    },
  };
}

/** A file of the page; what gzip has packed is unpacked. */
async function fetched(name: string): Promise<Uint8Array> {
  const response = await fetch(name);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) throw new Error(failureOf(bytes, response.status));
  return await unpack(bytes, name);
}

function failureOf(bytes: Uint8Array, status: number): string {
  const text = new TextDecoder().decode(bytes);
  // The server's own refusals are JSON; another server's pages are not.
  return text.startsWith("{")
    ? JSON.parse(text).error
    : `the images to train on: status ${status}`;
}
