/**
 * Transforms as torchvision's, which a `DataLoader` runs on its device.
 *
 * @module
 */
export { type BatchTransform, Compose, type Transform } from "./compose.ts";
export {
  ElasticTransform,
  type ElasticTransformOptions,
} from "./elastic_transform.ts";
export { Normalize } from "./normalize.ts";
export type { ImageSize, Range } from "./_draw.ts";
export {
  type AffineMap,
  affineMatrix,
  RandomAffine,
  type RandomAffineOptions,
} from "./random_affine.ts";
export { RandomErasing, type RandomErasingOptions } from "./random_erasing.ts";
export { ToTensor } from "./to_tensor.ts";
