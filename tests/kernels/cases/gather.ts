import {
  gatherBatch,
  type GatherShape,
} from "../../../kernels/gather/gather.ts";
import {
  type KernelCase,
  type KernelHarness,
  random,
  randomIntegers,
} from "./_harness.ts";

/** Two divisions. Worst measured: 2.6e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };

const PIXELS = { divisor: 255, mean: 0, std: 1, targetLength: 1 };
const NORMALISED = { divisor: 255, mean: 0.1307, std: 0.3081, targetLength: 1 };
const AS_THEY_ARE = { divisor: 1, mean: 0, std: 1, targetLength: 1 };

/** A data set and what is picked from it. */
interface Picking {
  dtype: "u8" | "f32";
  rows: number;
  cursor: number;
  shape: GatherShape;
  /** The type of the targets; i32 unless said otherwise. */
  targets?: "f32";
}

const PICKINGS: Record<string, Picking> = {
  "images, one shard": {
    dtype: "u8",
    rows: 9,
    cursor: 2,
    shape: { batch: 5, rowLength: 784, rowsPerShard: 9, ...PIXELS },
  },
  "rows of 5 bytes, shards of 4, 4 and 3 rows": {
    dtype: "u8",
    rows: 11,
    cursor: 7,
    shape: { batch: 13, rowLength: 5, rowsPerShard: 4, ...NORMALISED },
  },
  "4 shards": {
    dtype: "u8",
    rows: 10,
    cursor: 0,
    shape: { batch: 65, rowLength: 7, rowsPerShard: 3, ...NORMALISED },
  },
  "300 rows of one float": {
    dtype: "f32",
    rows: 40,
    cursor: 3,
    shape: { batch: 300, rowLength: 1, rowsPerShard: 40, ...AS_THEY_ARE },
  },
  "300 rows of four bytes": {
    dtype: "u8",
    rows: 40,
    cursor: 3,
    shape: { batch: 300, rowLength: 4, rowsPerShard: 40, ...PIXELS },
  },
  "one byte": {
    dtype: "u8",
    rows: 1,
    cursor: 0,
    shape: { batch: 1, rowLength: 1, rowsPerShard: 1, ...PIXELS },
  },
  "f32, one shard": {
    dtype: "f32",
    rows: 6,
    cursor: 3,
    shape: { batch: 3, rowLength: 11, rowsPerShard: 6, ...AS_THEY_ARE },
  },
  "f32, shards of 2, 2 and 1 rows": {
    dtype: "f32",
    rows: 5,
    cursor: 1,
    shape: { batch: 7, rowLength: 6, rowsPerShard: 2, ...NORMALISED },
  },
  "targets of 3 numbers": {
    dtype: "u8",
    rows: 11,
    cursor: 7,
    shape: {
      ...{ batch: 13, rowLength: 8, rowsPerShard: 4, ...PIXELS },
      targetLength: 3,
    },
  },
  "targets of more numbers than rows": {
    dtype: "f32",
    rows: 6,
    cursor: 2,
    shape: {
      ...{ batch: 40, rowLength: 2, rowsPerShard: 6, ...AS_THEY_ARE },
      targetLength: 17,
    },
  },
  "targets of f32": {
    dtype: "f32",
    rows: 6,
    cursor: 2,
    shape: {
      ...{ batch: 5, rowLength: 2, rowsPerShard: 6, ...AS_THEY_ARE },
      targetLength: 4,
    },
    targets: "f32",
  },
};

/** Picking rows and targets out of a data set. */
export const gatherCases: readonly KernelCase[] = Object.entries(PICKINGS)
  .map(([name, picking]) => ({
    name: `gatherBatch: ${name}`,
    run: (harness: KernelHarness) => pick(harness, picking),
  }));

function pick(
  harness: KernelHarness,
  { dtype, rows, cursor, shape, targets }: Picking,
): void {
  const { batch, rowLength, rowsPerShard, targetLength } = shape;
  const pixels = dtype === "u8"
    ? Uint8Array.from(randomIntegers(rows * rowLength, 256, 1))
    : random(rows * rowLength, 2);
  const shards = [];
  for (let row = 0; row < rows; row += rowsPerShard) {
    const end = (row + rowsPerShard) * rowLength;
    shards.push(pixels.slice(row * rowLength, end));
  }
  const [shard0, shard1 = null, shard2 = null, shard3 = null] = shards;
  harness.check(
    gatherBatch,
    {
      ...{ shard0, shard1, shard2, shard3 },
      source: targets === "f32"
        ? specialNumbers(rows * targetLength)
        : randomIntegers(rows * targetLength, 10, 4),
      indices: randomIntegers(cursor + batch + 2, rows, 3),
      cursor: Int32Array.of(cursor),
      output: new Float64Array(batch * rowLength),
      targets: targets === "f32"
        ? new Float64Array(batch * targetLength)
        : new Int32Array(batch * targetLength),
      next: new Int32Array(1),
    },
    shape,
    { output: TOLERANCE },
  );
}

/** Numbers that only a copy leaves as they are: small ones, NaN, infinity. */
function specialNumbers(length: number): Float64Array {
  const special = [1e-40, NaN, -Infinity, -0, 0.1].map(Math.fround);
  return Float64Array.from({ length }, (_, i) => special[i % special.length]);
}
