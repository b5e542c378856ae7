import type { ArrayDataset } from "../data/dataset.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import { type GrayImage, makeGrid } from "../digits/mod.ts";
import type { LayerOutput } from "../training/mod.ts";

/**
 * A row of a data set as an image, from its least to its largest value, of
 * colours the mean; null where the rows are no images.
 */
export function rowImage(
  { inputs }: ArrayDataset,
  row: number,
): GrayImage | null {
  const [channels, height, width, ...more] = inputs.rowShape;
  const isImage = (channels === 1 || channels === 3) && width !== undefined;
  if (!isImage || more.length > 0) return null;
  const size = channels * height * width;
  const values = inputs.data.subarray(row * size, (row + 1) * size);
  if (channels === 3) {
    return { width, height, data: toBytes(meanOfThree(values)) };
  }
  return {
    width,
    height,
    data: values instanceof Uint8Array ? values.slice() : toBytes(values),
  };
}

/** The mean of three channels that lie one after another. */
function meanOfThree(values: Uint8Array | Float32Array): Float32Array {
  const area = values.length / 3;
  return Float32Array.from(
    { length: area },
    (_, at) => (values[at] + values[at + area] + values[at + 2 * area]) / 3,
  );
}

/**
 * How much a score changes with each pixel of a row, black not at all: of several
 * channels the largest change.
 */
export function saliencyImage(
  saliency: Float32Array,
  row: number,
  [channels, height, width]: readonly number[],
): GrayImage {
  const area = height * width;
  const start = row * channels * area;
  const changes = new Float32Array(area);
  for (let at = 0; at < channels * area; at++) {
    const change = Math.abs(saliency[start + at]);
    changes[at % area] = Math.max(changes[at % area], change);
  }
  const data = toBytes(changes, [0, Math.max(...changes)]);
  return { width, height, data };
}

/** The channels of what a layer gives for a row, each from black to white. */
export function featureMaps(
  { data, shape: [, channels, height, width] }: LayerOutput,
  row: number,
): GrayImage {
  const area = height * width;
  const shown = Math.min(channels, mostMaps);
  const bytes = new Uint8Array(shown * area);
  for (let map = 0; map < shown; map++) {
    const start = (row * channels + map) * area;
    bytes.set(toBytes(data.subarray(start, start + area)), map * area);
  }
  return makeGrid(bytes, [height, width], { columns: 8, padding: 1 });
}

/** Most channels of a layer that are drawn. */
const mostMaps = 32;

/** Most filters that are drawn. */
const mostFilters = 256;

/**
 * The filters `[out, in, height, width]` of the first convolution among the
 * weights, beside each other: grey is 0, black the most negative weight, white
 * the largest, both as far from 0 as the largest of all. Null where there is no
 * convolution.
 */
export function firstFilters(
  weights: ReadonlyMap<string, HostTensor>,
): { name: string; shape: readonly number[]; image: GrayImage } | null {
  const found = [...weights].find(([, { shape }]) => shape.length === 4);
  if (found === undefined) return null;
  const [name, { data, shape }] = found;
  const [height, width] = shape.slice(2);
  const shown = Math.min(shape[0] * shape[1], mostFilters) * height * width;
  const values = Float64Array.from(data, Number).subarray(0, shown);
  const largest = values.reduce(
    (most, value) => Math.max(most, Math.abs(value)),
    0,
  );
  const bytes = toBytes(values, [-largest, largest]);
  const image = makeGrid(bytes, [height, width], { columns: 16, padding: 1 });
  return { name, shape, image };
}

/** Values from the first to the second number as 0 to 255. */
function toBytes(
  values: Float32Array | Float64Array | Int32Array,
  [from, to]: readonly [number, number] = [
    Math.min(...values),
    Math.max(...values),
  ],
): Uint8Array<ArrayBuffer> {
  const scale = to === from ? 0 : 255 / (to - from);
  return Uint8Array.from(values, (value) => Math.round((value - from) * scale));
}
