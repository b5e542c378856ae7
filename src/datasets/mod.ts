/** Data sets by name, and those in folders, pictures too. */
export { DATASETS } from "./catalog.ts";
export type { DatasetName } from "./names.ts";
export { openDataset, type OpenDatasetOptions } from "./open_dataset.ts";
