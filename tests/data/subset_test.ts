import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Subset, take } from "../../src/data/subset.ts";
import { TensorDataset } from "../../src/data/tensor_dataset.ts";

const DATASET = new TensorDataset(
  new Uint8Array([10, 11, 20, 21, 30, 31]),
  [1, 2, 3],
  { rowShape: [1, 2], classes: 4, divisor: 255 },
);

Deno.test("take gives the first rows without copying them", () => {
  const first = take(DATASET, 2);
  assertEquals(first, {
    length: 2,
    inputs: {
      data: new Uint8Array([10, 11, 20, 21]),
      rowShape: [1, 2],
      divisor: 255,
    },
    targets: { data: new Int32Array([1, 2]), classes: 4 },
  });
  assertStrictEquals(first.inputs.data.buffer, DATASET.inputs.data.buffer);
});

Deno.test("take gives all rows where there are no more", () => {
  assertEquals(take(DATASET, 4).length, 3);
  assertEquals(take(DATASET, 4).targets.data, DATASET.targets.data);
});

Deno.test("take refuses what is no count", () => {
  for (const count of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => take(DATASET, count),
      RangeError,
      `take: count: expected an integer of at least 1, got ${count}. Help: `,
    );
  }
});

Deno.test("Subset copies rows in the order of the indices", () => {
  const rows = new Subset(DATASET, new Int32Array([2, 0, 2, 2])).arrays();
  assertEquals(rows, {
    length: 4,
    inputs: {
      data: new Uint8Array([30, 31, 10, 11, 30, 31, 30, 31]),
      rowShape: [1, 2],
      divisor: 255,
    },
    targets: { data: new Int32Array([3, 1, 3, 3]), classes: 4 },
  });
});

Deno.test("Subset keeps f32 rows and u8 labels what they are", () => {
  const dataset = new TensorDataset(
    new Float32Array([0.5, -0.5]),
    new Uint8Array([0, 1]),
    { rowShape: [1], classes: 2 },
  );
  const rows = new Subset(dataset, [1]).arrays();
  assertEquals(rows?.inputs.data, new Float32Array([-0.5]));
  assertEquals(rows?.targets.data, new Uint8Array([1]));
});

Deno.test("Subset refuses indices of no row", () => {
  for (const index of [-1, 3, 0.5, NaN]) {
    assertThrows(
      () => new Subset(DATASET, [0, index]),
      RangeError,
      `Subset: index: expected an integer from 0 to 2, got ${index}. Help: `,
    );
  }
  assertThrows(() => new Subset(DATASET, []), RangeError, "number of indices");
});
