import { assertEquals, assertThrows } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { mean, mul, sum } from "../../src/ops/mod.ts";
import { reduction } from "../../src/ops/reduction.ts";
import { deviceTest } from "../_devices.ts";

const counting = Float32Array.from({ length: 12 }, (_, index) => index + 1);

deviceTest("sums and means along axes", async (device) => {
  using x = Tensor.from(device, counting, [2, 2, 3]);
  const expected: [
    dim: number | number[],
    keepdim: boolean,
    number[],
    number[],
  ][] = [
    [0, false, [2, 3], [8, 10, 12, 14, 16, 18]],
    [-1, false, [2, 2], [6, 15, 24, 33]],
    [[0, 2], false, [2], [30, 48]],
    [[0, -1], true, [1, 2, 1], [30, 48]],
    [[0, 1, 2], false, [1], [78]],
    [[0, 1, 2], true, [1, 1, 1], [78]],
  ];
  for (const [dim, keepdim, shape, values] of expected) {
    using total = sum(x, { dim, keepdim });
    assertEquals(total.shape, shape);
    assertEquals(await total.data(), Float32Array.from(values));
    using average = mean(x, { dim, keepdim });
    const count = 12 / values.length;
    assertEquals(
      await average.data(),
      Float32Array.from(values, (value) => Math.fround(1 / count) * value),
    );
  }
});

deviceTest("gradients along axes", async (device) => {
  using x = Tensor.from(device, counting, [2, 2, 3], { requiresGrad: true });
  using weight = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
  {
    using tape = new Tape();
    tape.backward(sum(mul(sum(x, { dim: 2 }), weight)));
  }
  assertEquals(
    await x.grad!.data(),
    Float32Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4),
  );
  x.zeroGrad();
  {
    using tape = new Tape();
    tape.backward(mean(mean(x, { dim: [0, 2] })));
  }
  const share = Math.fround(Math.fround(1 / 6) * 0.5);
  assertEquals(await x.grad!.data(), new Float32Array(12).fill(share));
});

deviceTest("a reduction of one's own has its gradient", async (device) => {
  const largest = reduction({
    name: "largest",
    reference: {
      initial: -Infinity,
      combine: Math.max,
      gradient: (g, x, y) => x === y ? g : 0,
    },
    wgsl: {
      initial: "-3.4e38",
      combine: "max(total, x)",
      gradient: "select(0.0, g, x == y)",
    },
  });
  const length = 20_000;
  const values = Float32Array.from({ length }, (_, i) => (i * 7919) % length);
  using x = Tensor.from(device, values, [2, length / 2], {
    requiresGrad: true,
  });
  using all = largest(x);
  assertEquals(await all.data(), Float32Array.of(length - 1));
  using rows = largest(x, { dim: 1, keepdim: true });
  const expected = [values.slice(0, length / 2), values.slice(length / 2)]
    .map((row) => row.reduce((a, b) => Math.max(a, b)));
  assertEquals(await rows.data(), Float32Array.from(expected));
  using weight = Tensor.from(device, [2, 3], [2, 1]);
  {
    using tape = new Tape();
    tape.backward(sum(mul(largest(x, { dim: 1, keepdim: true }), weight)));
  }
  const gradient = new Float32Array(length);
  expected.forEach((value, row) => gradient[values.indexOf(value)] = row + 2);
  assertEquals(await x.grad!.data(), gradient);
});

deviceTest("axes that are not there are refused", (device) => {
  using x = Tensor.from(device, counting, [3, 4]);
  for (const dim of [2, -3, 0.5, [0, 0], [1, -1]]) {
    assertThrows(
      () => sum(x, { dim }),
      RangeError,
      "sum: dim: expected different axes of [3, 4], from -2 to 1, got",
    );
  }
});
