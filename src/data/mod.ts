/** Data sets, and batches of them. */
export {
  type Batch,
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
} from "./data_loader.ts";
export * from "./data_source.ts";
export * from "./dataset.ts";
export * from "./idx.ts";
export * from "./mnist.ts";
export * from "../core/random.ts";
export * from "./subset.ts";
export * from "./tensor_dataset.ts";
