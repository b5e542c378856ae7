import type { GatherShape } from "../../kernels/shapes.ts";

/**
 * Picks rows: row `i` of the output is row `indices[i]` of `source`, as
 * `(value / divisor − mean) / std`.
 */
export function gatherRows(
  source: ArrayLike<number>,
  indices: Int32Array,
  { batch, rowLength, divisor, mean, std }: GatherShape,
): Float64Array {
  return new Float64Array(batch * rowLength).map((_, i) => {
    const row = indices[Math.floor(i / rowLength)];
    return (source[row * rowLength + i % rowLength] / divisor - mean) / std;
  });
}

/** Picks labels: `source[indices[i]]`. */
export function gatherLabels(
  source: Int32Array,
  indices: Int32Array,
): Int32Array {
  return indices.map((index) => source[index]);
}
