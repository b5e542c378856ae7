import * as reference from "../../reference.ts";
import { type KernelCase, randomIntegers } from "./_harness.ts";

/** Two divisions. Worst measured: 1.6e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };

const rowLength = 7, rowsPerShard = 5, batch = 9;

/** Rows picked from 1 to 4 shards of bytes or numbers. */
export const gatherCases: readonly KernelCase[] = [1, 2, 3, 4].flatMap(
  (count) =>
    (["u8", "f32"] as const).map((dtype): KernelCase => ({
      name: `gather: ${count} shards of ${dtype}`,
      run: (harness) => {
        const { kernels } = harness;
        const rows = rowsPerShard * (count - 1) + 3;
        const values = randomIntegers(rows * rowLength, 256, 8);
        const order = randomIntegers(12, rows, 9);
        const size = rowsPerShard * rowLength;
        const shards = Array.from(
          { length: count },
          (_, shard) =>
            harness[dtype](values.subarray(shard * size, (shard + 1) * size)),
        );
        const shape = {
          batch,
          rowLength,
          rowsPerShard,
          divisor: 255,
          mean: 0.13,
          std: 0.31,
        };
        const output = harness.output(batch * rowLength);
        const cursor = harness.i32([3]), indices = harness.i32(order);
        kernels.gatherRows(shards, indices, cursor, output, shape);
        const picked = order.subarray(3);
        const expected = reference.gatherRows(values, picked, shape);
        harness.expectClose(output, expected, TOLERANCE);
        const labels = harness.i32Output(batch);
        kernels.gatherLabels(harness.i32(values), indices, cursor, labels);
        const own = order.subarray(3, 3 + batch);
        harness.expectEqual(labels, reference.gatherLabels(values, own));
      },
    })),
);
