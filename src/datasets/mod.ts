/** Data sets by name, and those in folders, pictures too. */
export { type DatasetName, DATASETS } from "./catalog.ts";
export { openDataset, type OpenDatasetOptions } from "./open_dataset.ts";
