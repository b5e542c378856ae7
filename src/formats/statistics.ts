import type { HostTensor } from "./_host_tensor.ts";

/** The elements of a tensor in a few numbers. */
export interface TensorStatistics {
  /** The least that is not NaN; null where there is none. */
  readonly min: number | null;
  /** The greatest that is not NaN; null where there is none. */
  readonly max: number | null;
  /** The mean of those that are not NaN; null where there is none. */
  readonly mean: number | null;
  /** How many are NaN. */
  readonly nanCount: number;
}

/**
 * Least, greatest and mean element of a tensor, and how many are NaN. 64-bit
 * integers are taken as numbers: beyond 2⁵³ they are rounded.
 *
 * @example
 * ```ts
 * import { statisticsOf } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Float32Array([1, 3, NaN]);
 * assertEquals(statisticsOf({ dtype: "F32", shape: [3], data }), {
 *   min: 1,
 *   max: 3,
 *   mean: 2,
 *   nanCount: 1,
 * });
 * ```
 */
export function statisticsOf({ data }: HostTensor): TensorStatistics {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let nanCount = 0;
  for (let index = 0; index < data.length; index++) {
    const value = Number(data[index]);
    if (Number.isNaN(value)) {
      nanCount++;
      continue;
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const count = data.length - nanCount;
  if (count === 0) return { min: null, max: null, mean: null, nanCount };
  return { min, max, mean: sum / count, nanCount };
}
