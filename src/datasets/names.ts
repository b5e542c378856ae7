/** The names of the data sets that can be fetched. */
export const DATASET_NAMES = [
  "mnist",
  "fashion-mnist",
  "kmnist",
  "emnist-letters",
  "emnist-digits",
  "emnist-balanced",
  "qmnist",
  "cifar10",
] as const;

/** One of them. */
export type DatasetName = (typeof DATASET_NAMES)[number];
