/** Data sets, and batches of them. */
export {
  type Batch,
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
} from "./data_loader.ts";
export { ConcatDataset } from "./concat_dataset.ts";
export type {
  ArrayDataset,
  Dataset,
  DatasetInputs,
  DatasetItem,
  DatasetTargets,
  ItemDataset,
} from "./dataset.ts";
export { ImageDataset } from "./image_dataset.ts";
export { Mnist, MNIST_SOURCES, type MnistOptions } from "./mnist.ts";
export { randomSplit } from "./random_split.ts";
export * from "./subset.ts";
export * from "./tensor_dataset.ts";
