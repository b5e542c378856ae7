/**
 * How notebooks show tensors and images; `mod.ts` loads this module, since the
 * room of tensors knows no pictures.
 *
 * @module
 */

import { displayAs, type MimeBundle } from "../base/display.ts";
import { type AnyTensor, Tensor } from "../core/tensor.ts";
import { base64Png } from "./base64_png.ts";
import { isImageBatch, makeGrid } from "./make_grid.ts";

/** Most images of a batch that are drawn. */
const mostImages = 100;

/** Rows and columns from which on a tensor is taken for images. */
const leastSize = 8;

displayAs(Tensor.prototype as AnyTensor, async (tensor: AnyTensor) => {
  const bundle: MimeBundle = { "text/plain": await tensor.toText() };
  if (!looksLikeImages(tensor)) return bundle;
  const columns = 10;
  const shown = tensor.shape.length === 4 && tensor.shape[0] > mostImages
    ? tensor.slice(0, 0, mostImages)
    : tensor;
  const grid = await makeGrid(shown, { columns, padding: 1 });
  return { ...bundle, "image/png": await base64Png(grid) };
});

/** Whether a tensor is one image or a batch of them, and no weights of a filter. */
function looksLikeImages({ dtype, shape }: AnyTensor): boolean {
  return dtype !== "i32" && shape.length >= 3 && isImageBatch(shape) &&
    Math.min(...shape.slice(-2)) >= leastSize;
}
