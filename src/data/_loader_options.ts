import { checkOptions } from "../base/options.ts";
import { defaultDevice } from "../core/default_device.ts";
import { type RandomGenerator, randomGenerator } from "../core/random.ts";
import type { Device } from "../devices/device.ts";
import { type BatchTransform, Compose, ToTensor } from "../transforms/mod.ts";
import { checkCount } from "./_checks.ts";

/**
 * How a {@linkcode DataLoader} makes batches.
 *
 * @category Data
 */
export interface DataLoaderOptions {
  /** Where the batches are made. Default: the default device. */
  device?: Device;
  /** Rows of a batch. Default 1, as in PyTorch. */
  batchSize?: number;
  /** Whether every epoch has an order of its own. Default false. */
  shuffle?: boolean;
  /** Seeds the order; default is a random seed. */
  seed?: number;
  /**
   * Draws the order itself, instead of one with `seed`: as PyTorch's loaders draw
   * from the generator of `torch.manual_seed`, and not from one of their own. Given
   * to several loaders it gives their orders, also where one that does not shuffle
   * comes in between.
   */
  generator?: RandomGenerator;
  /** Whether to leave out a last batch that is not full. Default false. */
  dropLast?: boolean;
  /**
   * The transforms of the inputs, or a function of a batch of them, `[N, …row
   * shape]`, that runs on the device, captured. Default is `ToTensor` alone.
   */
  transform?: Compose | BatchTransform;
}

/** The options with all defaults. */
export interface CompleteOptions {
  readonly device: Device;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly generator: RandomGenerator;
  readonly dropLast: boolean;
  readonly transform: Compose | undefined;
}

/**
 * Checks options and adds the defaults.
 *
 * @throws {TypeError} If there is no such option.
 * @throws {RangeError} If the batch size is no whole number of at least 1.
 */
export function completeOptions(options: DataLoaderOptions): CompleteOptions {
  checkOptions("DataLoader", options, [
    "device",
    "batchSize",
    "shuffle",
    "seed",
    "generator",
    "dropLast",
    "transform",
  ]);
  const { batchSize = 1, dropLast = false, shuffle = false } = options;
  checkCount("DataLoader: batchSize", batchSize);
  return {
    device: options.device ?? defaultDevice("DataLoader: device"),
    batchSize,
    shuffle,
    generator: options.generator ?? randomGenerator(options.seed),
    dropLast,
    transform: composed(options.transform),
  };
}

function composed(
  transform: Compose | BatchTransform | undefined,
): Compose | undefined {
  return typeof transform === "function"
    ? new Compose([new ToTensor(), transform])
    : transform;
}
