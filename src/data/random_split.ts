import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { type RandomGenerator, randomGenerator } from "../core/random.ts";
import type { Dataset } from "./dataset.ts";
import { Subset } from "./subset.ts";

/** Options of {@linkcode randomSplit}. */
export interface RandomSplitOptions {
  /** Seeds the order: `torch.Generator().manual_seed(seed)`. Default random. */
  seed?: number;
  /** Draws the order itself, instead of one with `seed`. */
  generator?: RandomGenerator;
}

/**
 * Splits a data set at random into parts of these lengths, as PyTorch's
 * `random_split`: with the same seed the parts have the same rows.
 *
 * @param lengths Rows of each part; or fractions that sum to 1, of which each
 * part gets the whole rows, and the first parts one more until none is left.
 * @throws {RangeError} If lengths do not sum to that of the data set, or a part
 * would be empty.
 *
 * @example
 * ```ts
 * import { randomSplit, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = { rowShape: [1], classes: 5 };
 * const all = new TensorDataset(new Float32Array(5), [0, 1, 2, 3, 4], rows);
 * const [train, test] = randomSplit(all, [0.8, 0.2], { seed: 42 });
 * assertEquals([train.length, test.length], [4, 1]);
 * ```
 *
 * @category Data
 */
export function randomSplit(
  dataset: Dataset,
  lengths: readonly number[],
  options: RandomSplitOptions = {},
): Subset[] {
  checkOptions("randomSplit", options, ["seed", "generator"]);
  const counts = countsOf(dataset.length, lengths);
  const { generator = randomGenerator(options.seed) } = options;
  const order = generator.permutation(dataset.length);
  let end = 0;
  return counts.map((count) =>
    new Subset(dataset, order.subarray(end, end += count))
  );
}

/** Rows of each part. */
function countsOf(length: number, given: readonly number[]): number[] {
  const sum = given.reduce((sum, part) => sum + part, 0);
  const areFractions = Math.abs(sum - 1) <= 1e-9 &&
    given.every((part) => part >= 0);
  const counts = areFractions
    ? given.map((part) => Math.floor(length * part))
    : [...given];
  if (areFractions) {
    const rest = length - counts.reduce((sum, count) => sum + count, 0);
    for (let i = 0; i < rest; i++) counts[i % counts.length]++;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const areCounts = counts.every((count) =>
    Number.isSafeInteger(count) && count > 0
  );
  if (areCounts && total === length) return counts;
  throw new RangeError(describe({
    what: "randomSplit: lengths",
    expected: `whole numbers above 0 that sum to ${length}, or fractions ` +
      "that sum to 1 and leave no part empty",
    got: `[${given.join(", ")}]`,
    help: "Give [0.8, 0.2], for instance.",
  }));
}
