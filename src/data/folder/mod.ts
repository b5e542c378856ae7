/** Data sets of images in folders, whatever files they are in. */
export { checkCounts } from "./check_counts.ts";
export { labelArray } from "./label_array.ts";
export { findData, FORMATS, looksLikeData, nothingIn } from "./find_data.ts";
export type {
  FolderFormat,
  FoundData,
  FoundPart,
  ImageRows,
  ImageShape,
  Split,
} from "./format.ts";
export { MNIST_FILES } from "./idx_files.ts";
export { EMNIST, FASHION_MNIST, KMNIST, type KnownData } from "./known_data.ts";
export { list, type Listing } from "./listing.ts";
export { type PartReading, readPart } from "./read_part.ts";
