import { checkOptions } from "../base/options.ts";
import { displayAs } from "../base/display.ts";
import { describe, ShapeError } from "../base/errors.ts";
import type { AnyTensor, Shape, Tensor } from "../core/tensor.ts";
import { base64Png } from "./base64_png.ts";
import type { GrayImage } from "./gray_image.ts";

/** How images are laid out. */
export interface GridOptions {
  /** Images in a row. Default 8, as in torchvision. */
  columns?: number;
  /** Black pixels around every image. Default 2, as in torchvision. */
  padding?: number;
}

/** A batch of images as a tensor: values from 0 to 1, or bytes. */
export type ImageBatch = Tensor | Tensor<Shape, "u8">;

/**
 * One image of many, row by row: torchvision's `make_grid` for one channel. A
 * notebook shows it.
 *
 * @param images `[N, height, width]`: pixels from 0 to 255.
 * @param size Height and width of one of them.
 * @param options Images in a row, and pixels around them.
 * @throws {ShapeError} If the pixels are no whole number of images, or none.
 *
 * @example
 * ```ts
 * import { makeGrid } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Uint8Array(100 * 28 * 28);
 * const grid = makeGrid(images, [28, 28], { columns: 10, padding: 1 });
 * assertEquals([grid.width, grid.height], [291, 291]);
 * ```
 */
export function makeGrid(
  images: Uint8Array,
  size: readonly [height: number, width: number],
  options?: GridOptions,
): GrayImage;

/**
 * The same of a batch on a device. As in torchvision, a single image is given
 * back without padding.
 *
 * @param images `[N, 1, height, width]`, or one image, `[1, height, width]` or
 * `[height, width]`: f32 from 0 (black) to 1 (white), what lies outside cut
 * off, or u8.
 * @param options Images in a row, and pixels around them.
 * @throws {ShapeError} If the tensor is of another shape.
 * @throws {TypeError} If its elements are i32.
 *
 * @example
 * ```ts
 * import { DataLoader, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { makeGrid } from "@x/mnist-cnn/digits";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const dataset = new TensorDataset(new Uint8Array(9 * 64), new Uint8Array(9), {
 *   rowShape: [1, 8, 8],
 *   classes: 1,
 *   divisor: 255,
 * });
 * using loader = new DataLoader(dataset, { device, batchSize: 9 });
 * const [images] = loader.first();
 * const grid = await makeGrid(images, { columns: 3 });
 * assertEquals([grid.width, grid.height], [32, 32]);
 * ```
 */
export function makeGrid(
  images: ImageBatch,
  options?: GridOptions,
): Promise<GrayImage>;

export function makeGrid(
  images: Uint8Array | ImageBatch,
  ...rest: unknown[]
): GrayImage | Promise<GrayImage> {
  if (images instanceof Uint8Array) {
    const [size, options] = rest as [readonly [number, number], GridOptions?];
    return gridOf(images, size, options);
  }
  const [options] = rest as [GridOptions?];
  return gridOfTensor(images, options);
}

async function gridOfTensor(
  images: AnyTensor,
  options: GridOptions = {},
): Promise<GrayImage> {
  const { dtype } = images;
  const [height, width] = imageSize(images.shape);
  if (dtype === "i32") {
    throw new TypeError(describe({
      what: "makeGrid: elements of the batch",
      expected: "f32 from 0 to 1, or u8",
      got: dtype,
      help: "Give the images of a batch, not its labels.",
    }));
  }
  const data = await images.data();
  const isSingle = data.length === height * width;
  return gridOf(
    dtype === "u8" ? data : Uint8Array.from(data, toByte),
    [height, width],
    isSingle ? { ...options, padding: 0 } : options,
  );
}

/** A value from 0 to 1 as torchvision's `save_image` writes it. */
function toByte(value: number): number {
  return Math.max(0, Math.min(255, Math.floor(value * 255 + 0.5)));
}

/** Whether a shape is one that {@linkcode makeGrid} takes. */
export function isImageBatch(shape: Shape): boolean {
  const [channels = 1] = shape.slice(-3, -2);
  return shape.length >= 2 && shape.length <= 4 && channels === 1;
}

function imageSize(shape: Shape): readonly [height: number, width: number] {
  const rank = shape.length;
  if (isImageBatch(shape)) return [shape[rank - 2], shape[rank - 1]];
  throw new ShapeError(describe({
    what: "makeGrid: shape of the batch",
    expected: "[N, 1, height, width]",
    got: `[${shape.join(", ")}]`,
    help: "Give images of one channel.",
  }));
}

function gridOf(
  images: Uint8Array,
  [height, width]: readonly [height: number, width: number],
  options: GridOptions = {},
): GrayImage {
  checkOptions("makeGrid", options, ["columns", "padding"]);
  const { columns = 8, padding = 2 } = options;
  const count = images.length / (height * width);
  if (!Number.isInteger(count) || count === 0) {
    throw new ShapeError(describe({
      what: "makeGrid",
      expected: `whole images of ${height} × ${width} pixels`,
      got: `${images.length} pixels`,
      help: "Give the pixels of all images and the size of one.",
    }));
  }
  const across = Math.min(columns, count);
  const down = Math.ceil(count / across);
  const gridWidth = across * (width + padding) + padding;
  const gridHeight = down * (height + padding) + padding;
  const data = new Uint8Array(gridWidth * gridHeight);
  for (let image = 0; image < count; image++) {
    const left = padding + (image % across) * (width + padding);
    const top = padding + Math.floor(image / across) * (height + padding);
    for (let row = 0; row < height; row++) {
      const start = (image * height + row) * width;
      const target = (top + row) * gridWidth + left;
      data.set(images.subarray(start, start + width), target);
    }
  }
  return shown({ width: gridWidth, height: gridHeight, data });
}

/** The image, which notebooks show. */
function shown(image: GrayImage): GrayImage {
  return displayAs(image, async () => ({
    "text/plain": `image of ${image.width} × ${image.height} pixels`,
    "image/png": await base64Png(image),
  }));
}
