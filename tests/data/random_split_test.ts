import { assertEquals, assertThrows } from "@std/assert";
import { randomSplit, TensorDataset } from "../../src/data/mod.ts";

function numbered(length: number): TensorDataset {
  const rows = Float32Array.from({ length }, (_, i) => i);
  return new TensorDataset(rows, rows, { rowShape: [] });
}

function indices(length: number, lengths: number[]): number[][] {
  return randomSplit(numbered(length), lengths, { seed: 42 })
    .map((part) => Array.from(part.indices));
}

Deno.test("randomSplit gives the parts of torch's random_split", () => {
  // random_split(range(n), lengths, torch.Generator().manual_seed(42))
  const parts = [[2, 6, 1, 8, 4, 5, 0], [9, 3, 7]];
  assertEquals(indices(10, [7, 3]), parts);
  assertEquals(
    indices(11, [0.5, 0.3, 0.2]),
    [[6, 8, 9, 2, 1, 10], [0, 7, 3], [5, 4]],
  );
  assertEquals(indices(10, [0.7, 0.2, 0.1]), [parts[0], [9, 3], [7]]);
});

Deno.test("randomSplit refuses lengths that do not fit", () => {
  for (const lengths of [[7, 2], [0.5, 0.4], [11, -1], [10, 0], [5.5, 4.5]]) {
    assertThrows(
      () => indices(10, lengths),
      RangeError,
      `randomSplit: lengths: expected whole numbers above 0 that sum to 10, ` +
        `or fractions that sum to 1 and leave no part empty, ` +
        `got [${lengths.join(", ")}]. Help: `,
    );
  }
});

Deno.test("a part of a split has rows and targets of the whole", () => {
  const [train] = randomSplit(numbered(10), [7, 3], { seed: 42 });
  assertEquals(train.get(1), [6, 6]);
  const { inputs, targets } = train.arrays()!;
  assertEquals(inputs.data, new Float32Array([2, 6, 1, 8, 4, 5, 0]));
  assertEquals(targets.data, inputs.data);
});
