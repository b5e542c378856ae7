import { assert, assertEquals, assertThrows } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import {
  argmax,
  logSoftmax,
  logsumexp,
  max,
  mean,
  mul,
  norm,
  softmax,
  sum,
  variance,
} from "../../src/ops/mod.ts";
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

deviceTest("an axis that is not there is refused", (device) => {
  using x = Tensor.from(device, counting, [3, 4]);
  const operations = { argmax, logSoftmax, max, softmax };
  for (const [name, operation] of Object.entries(operations)) {
    for (const dim of [2, -3, 0.5]) {
      assertThrows(
        () => operation(x, dim),
        RangeError,
        `${name}: dim: expected an axis of [3, 4], from -2 to 1, got ${dim}.`,
      );
    }
  }
});

deviceTest("options that do not exist are refused", (device) => {
  using x = Tensor.from(device, counting, [3, 4]);
  const untyped: object = { axis: 1 };
  for (const operation of [sum, mean, logsumexp, variance]) {
    assertThrows(() => operation(x, untyped), TypeError, "option axis");
  }
  assertThrows(() => norm(x, 2, untyped), TypeError, "option axis");
  assertThrows(() => norm(x, 3), RangeError, "norm: p: expected 1 or 2, got 3");
});

deviceTest("only f32 is reduced", (device) => {
  using x = Tensor.from(device, new Int32Array(6), [2, 3]);
  for (const operation of [argmax, logSoftmax, max, softmax]) {
    assertThrows(
      () => operation(x as unknown as Tensor, 1),
      TypeError,
      "x: expected f32 elements, got i32",
    );
  }
});

const INF = Infinity;

deviceTest("softmax of rows with infinities and NaN", async (device) => {
  const rows: [number[], soft: number[], log: number[], lse: number][] = [
    [[0, -INF, 0], [0.5, 0, 0.5], [-Math.LN2, -INF, -Math.LN2], Math.LN2],
    [[-INF, -INF, -INF], [NaN, NaN, NaN], [NaN, NaN, NaN], -INF],
    [[INF, 0, 1], [NaN, NaN, NaN], [NaN, NaN, NaN], INF],
    [[1, NaN, 2], [NaN, NaN, NaN], [NaN, NaN, NaN], NaN],
    [[3e38, 0, -3e38], [1, 0, 0], [0, -3e38, -INF], 3e38],
  ];
  using x = Tensor.from(device, rows.flatMap(([x]) => x), [rows.length, 3]);
  const results: [Tensor, number[]][] = [
    [softmax(x, 1), rows.flatMap(([_, soft]) => soft)],
    [logSoftmax(x, 1), rows.flatMap(([_, _soft, log]) => log)],
    [logsumexp(x, { dim: 1 }), rows.map(([_, _soft, _log, sum]) => sum)],
  ];
  for (const [result, expected] of results) {
    const actual = await result.data();
    expected.map(Math.fround).forEach((value, i) =>
      assert(
        Object.is(actual[i], value) ||
          Math.abs(actual[i] - value) <= 1e-6 * Math.abs(value),
        `element ${i}: expected ${value}, got ${actual[i]}`,
      )
    );
    result[Symbol.dispose]();
  }
});

deviceTest("the variance of one element has no divisor", async (device) => {
  using x = Tensor.from(device, [5], [1]);
  assertEquals(await variance(x).data(), Float32Array.of(NaN));
  using pair = Tensor.from(device, [1, 3], [2]);
  assertEquals(
    await variance(pair, { correction: 2 }).data(),
    Float32Array.of(INF),
  );
});

deviceTest("the gradient of a norm of 0 is 0", async (device) => {
  using x = Tensor.from(device, [0, 0, 3, -4], [2, 2], { requiresGrad: true });
  {
    using tape = new Tape();
    tape.backward(sum(norm(x, 2, { dim: 1 })));
  }
  assertEquals(
    await x.grad!.data(),
    Float32Array.of(0, 0, Math.fround(0.6), Math.fround(-0.8)),
  );
});

deviceTest("reductions are methods", async (device) => {
  using x = Tensor.from(device, counting, [3, 4]);
  assertEquals(await x.max().item(), 12);
  assertEquals(await x.min(0).values.data(), Float32Array.of(1, 2, 3, 4));
  assertEquals(await x.max(1, true).indices.data(), Int32Array.of(3, 3, 3));
  assertEquals(await x.argmax(0).data(), Int32Array.of(2, 2, 2, 2));
  assertEquals(await x.variance().item(), 13);
  assertEquals(await x.norm(1).item(), 78);
  assertEquals(x.softmax(1).shape, x.logSoftmax(0).shape);
  assertEquals(x.logsumexp({ dim: 1, keepdim: true }).shape, [3, 1]);
});

deviceTest("the largest of many elements is found", async (device) => {
  const length = 100_000;
  const values = Float32Array.from({ length }, (_, i) => (i * 7919) % length);
  using x = Tensor.from(device, values, [length]);
  assertEquals(await argmax(x).data(), Int32Array.of(values.indexOf(99_999)));
  assertEquals(await max(x).item(), 99_999);
  assertEquals(await max(x, 0).indices.item(), values.indexOf(99_999));
});

deviceTest("axes may be given by position", async (device) => {
  using x = Tensor.from(device, counting, [2, 2, 3]);
  for (const operation of [sum, mean, logsumexp]) {
    for (const dim of [1, -1, [0, 2]]) {
      const plain = operation(x, dim);
      const kept = operation(x, dim, true);
      assertEquals(plain.shape, operation(x, { dim }).shape);
      assertEquals(kept.shape, operation(x, { dim, keepdim: true }).shape);
      const expected = await operation(x, { dim }).data();
      assertEquals(await plain.data(), expected);
      assertEquals(await kept.data(), expected);
    }
  }
  assertEquals(await x.sum([0, 1]).data(), Float32Array.of(22, 26, 30));
  assertEquals(x.mean(2, true).shape, [2, 2, 1]);
  assertThrows(() => x.sum(3), RangeError, "sum: dim: expected different axes");
});
