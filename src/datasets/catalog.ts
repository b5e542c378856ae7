/**
 * The data sets that are known by name.
 *
 * Addresses, MD5 and class names are torchvision's:
 * https://github.com/pytorch/vision/blob/main/torchvision/datasets/mnist.py
 * CIFAR-10's binary version and its SHA-256 are those of TensorFlow Datasets:
 * https://github.com/tensorflow/datasets/blob/master/tensorflow_datasets/url_checksums/cifar10.txt
 * the names of its classes: https://www.cs.toronto.edu/~kriz/cifar.html
 *
 * @module
 */

import {
  EMNIST,
  FASHION_MNIST,
  KMNIST,
  type KnownData,
  MNIST_FILES,
  type Split,
} from "../data/folder/mod.ts";
import type { DatasetName } from "./names.ts";

/** A file to fetch. */
export interface RemoteFile {
  /** Its name, at the mirrors. */
  readonly name: string;
  /** The digest of its bytes as they are fetched. */
  readonly digest: { readonly md5: string } | { readonly sha256: string };
}

/** A data set that can be fetched. */
export interface CatalogEntry {
  /** Its name, for people. */
  readonly title: string;
  /** The folder that it is kept in, as torchvision names it. */
  readonly folder: string;
  /** Where its files are, each with a slash at its end. */
  readonly mirrors: readonly string[];
  /** The files of each part. */
  readonly files?: Readonly<Record<Split, readonly RemoteFile[]>>;
  /** Or an archive with all of them, and the names of those that are kept. */
  readonly archive?: RemoteFile & { readonly members: RegExp };
  /** What stands before MNIST's names of files. */
  readonly prefix?: string;
  /** What its files do not say. */
  readonly known?: KnownData;
}

/** The data sets by name; MNIST itself is `Mnist`'s. */
export const DATASETS: Readonly<
  Record<DatasetName, CatalogEntry | null>
> = {
  mnist: null,
  "fashion-mnist": {
    title: "Fashion-MNIST",
    folder: "FashionMNIST/raw",
    mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
    files: idxFiles([
      "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
      "25c81989df183df01b3e8a0aad5dffbe",
      "bef4ecab320f06d8554ea6380940ec79",
      "bb300cfdad3c16e7a12a480ee83cd310",
    ]),
    known: FASHION_MNIST,
  },
  kmnist: {
    title: "KMNIST",
    folder: "KMNIST/raw",
    mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    files: idxFiles([
      "bdb82020997e1d708af4cf47b453dcf7",
      "e144d726b3acfaa3e44228e80efcd344",
      "5c965bf0a639b31b8f53240b1b52f4d7",
      "7320c461ea6c1c855c0b718fb2a4b134",
    ]),
    known: KMNIST,
  },
  "emnist-letters": emnist("letters"),
  "emnist-digits": emnist("digits"),
  "emnist-balanced": emnist("balanced"),
  qmnist: {
    title: "QMNIST",
    folder: "QMNIST/raw",
    mirrors: [
      "https://raw.githubusercontent.com/facebookresearch/qmnist/master/",
    ],
    files: {
      train: [
        md5(
          "qmnist-train-images-idx3-ubyte.gz",
          "ed72d4157d28c017586c42bc6afe6370",
        ),
        md5(
          "qmnist-train-labels-idx2-int.gz",
          "0058f8dd561b90ffdd0f734c6a30e5e4",
        ),
      ],
      test: [
        md5(
          "qmnist-test-images-idx3-ubyte.gz",
          "1394631089c404de565df7b7aeaf9412",
        ),
        md5(
          "qmnist-test-labels-idx2-int.gz",
          "5b5b05890a5e13444e108efe57b788aa",
        ),
      ],
    },
  },
  cifar10: {
    title: "CIFAR-10",
    folder: "cifar-10-batches-bin",
    mirrors: ["https://www.cs.toronto.edu/~kriz/"],
    archive: {
      name: "cifar-10-binary.tar.gz",
      digest: {
        sha256:
          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      },
      members: /(?:^|\/)((?:data_batch_\d|test_batch)\.bin)$/,
    },
    known: {
      classNames: [
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
      ],
    },
  },
};

/** One of EMNIST's parts: all are in one archive. */
function emnist(split: string): CatalogEntry {
  return {
    title: `EMNIST ${split}`,
    folder: "EMNIST/raw",
    mirrors: ["https://biometrics.nist.gov/cs_links/EMNIST/"],
    archive: {
      name: "gzip.zip",
      digest: { md5: "58c8d27c78d21e728a6bc7b3cc06412e" },
      // All of them: it is half a gigabyte, and need not be fetched again.
      members: /(?:^|\/)(emnist-[a-z]+-(?:train|test)-.*-ubyte\.gz)$/,
    },
    prefix: `emnist-${split}`,
    known: EMNIST[split],
  };
}

/** MNIST's four names, with the MD5 of each packed file. */
function idxFiles(
  [trainImages, trainLabels, testImages, testLabels]: readonly string[],
): Record<Split, RemoteFile[]> {
  const { test, train } = MNIST_FILES;
  return {
    train: [
      md5(`${train[0]}.gz`, trainImages),
      md5(`${train[1]}.gz`, trainLabels),
    ],
    test: [md5(`${test[0]}.gz`, testImages), md5(`${test[1]}.gz`, testLabels)],
  };
}

function md5(name: string, digest: string): RemoteFile {
  return { name, digest: { md5: digest } };
}
