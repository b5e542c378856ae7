import { assertEquals, assertThrows } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { linear, matmul } from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";

deviceTest("shapes that make no product are refused", (device) => {
  const zeros = (...shape: number[]) => Tensor.zeros(device, shape);
  const refused: [number[], number[], string][] = [
    [[2, 3], [4, 5], "expected 3 rows of right, as left has columns, got 4"],
    [[3], [4], "expected 3 rows of right, as left has columns, got 4"],
    [
      [2, 2, 3],
      [3, 3, 4],
      "expected axes before the last two that broadcast, got [3, 3, 4]",
    ],
  ];
  for (const [left, right, message] of refused) {
    assertThrows(
      () => matmul(zeros(...left), zeros(...right)),
      RangeError,
      `matmul: left [${left.join(", ")}] and right [${
        right.join(", ")
      }]: ${message}`,
    );
  }
  const labels = Tensor.from(device, new Int32Array(4), [2, 2]);
  assertThrows(
    () => matmul(labels as unknown as Tensor, zeros(2, 2)),
    TypeError,
    "matmul: left: expected f32 elements, got i32",
  );
});

deviceTest(
  "infinities and NaN stay in their rows and columns",
  async (device) => {
    const left = Tensor.from(device, [1, 0, Infinity, 2, NaN, 1], [3, 2]);
    const right = Tensor.from(device, [1, -1, 2, 0], [2, 2]);
    assertEquals(
      await matmul(left, right).data(),
      Float32Array.of(1, -1, Infinity, -Infinity, NaN, NaN),
    );
  },
);

deviceTest(
  "a captured product has the bits of the eager one",
  async (device) => {
    const values = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));
    const left = Tensor.from(device, values, [3, 4, 5]);
    const right = Tensor.from(device, values, [1, 5, 12]);
    using product = capture(device, (a: Tensor, b: Tensor) => a.matmul(b));
    product(left, right);
    const before = device.counters.allocations;
    const replayed = product(left, right);
    assertEquals(device.counters.allocations, before);
    assertEquals(await replayed.data(), await matmul(left, right).data());
  },
);

deviceTest(
  "a product with a transposed weight is a linear layer",
  async (device) => {
    const x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
    const weight = Tensor.from(device, [1, 0, 2, -1, 1, 3], [2, 3]);
    const columns = Tensor.from(device, [1, -1, 0, 1, 2, 3], [3, 2]);
    assertEquals(
      await matmul(x, columns).data(),
      await linear(x, weight, null).data(),
    );
  },
);

deviceTest("there may be more products than arguments", async (device) => {
  const count = 140_000;
  const values = Float32Array.from({ length: count }, (_, i) => i % 7);
  const left = Tensor.from(device, values, [count, 1, 1]);
  const right = Tensor.from(device, values.toReversed(), [count, 1, 1]);
  const expected = values.map((value, i) => value * values[count - 1 - i]);
  assertEquals(await matmul(left, right).data(), expected);
});
