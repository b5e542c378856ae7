/** Data sets, and batches of them. */
export {
  type Batch,
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
} from "./data_loader.ts";
export * from "./dataset.ts";
export * from "./mnist.ts";
export * from "./subset.ts";
export * from "./tensor_dataset.ts";
