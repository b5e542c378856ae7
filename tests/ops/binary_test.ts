import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { capture } from "../../src/core/capture.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { binary } from "../../src/ops/binary.ts";
import {
  add,
  eq,
  gt,
  lt,
  mul,
  reciprocal,
  sum,
  where,
} from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";

const counting = (count: number) =>
  Float32Array.from({ length: count }, (_, index) => index + 1);

deviceTest("operands are broadcast by NumPy's rules", async (device) => {
  using x = Tensor.from(device, counting(6), [2, 3]);
  using row = Tensor.from(device, [10, 20, 30], [3]);
  using column = Tensor.from(device, [100, 200], [2, 1]);
  using rows = add(x, row);
  assertEquals(await rows.data(), Float32Array.of(11, 22, 33, 14, 25, 36));
  using columns = mul(column, x);
  assertEquals(
    await columns.data(),
    Float32Array.of(100, 200, 300, 800, 1000, 1200),
  );
  using outer = add(column, row);
  assertEquals(outer.shape, [2, 3]);
  assertEquals(
    await outer.data(),
    Float32Array.of(110, 120, 130, 210, 220, 230),
  );
  using one = Tensor.from(device, [7], [1, 1, 1]);
  using deep = add(row, one);
  assertEquals(deep.shape, [1, 1, 3]);
  assertEquals(await deep.data(), Float32Array.of(17, 27, 37));
});

deviceTest("gradients are summed over broadcast axes", async (device) => {
  const options = { requiresGrad: true };
  using x = Tensor.from(device, counting(12), [2, 2, 3], options);
  using gain = Tensor.from(device, [2, -1], [2, 1], options);
  using bias = Tensor.from(device, [1, 2, 3], [3], options);
  using factor = Tensor.from(device, [0.5], [1], options);
  {
    using tape = new Tape();
    tape.backward(sum(mul(add(mul(x, gain), bias), factor)));
  }
  assertEquals(
    await x.grad!.data(),
    Float32Array.of(1, 1, 1, -0.5, -0.5, -0.5, 1, 1, 1, -0.5, -0.5, -0.5),
  );
  assertEquals(await gain.grad!.data(), Float32Array.of(15, 24));
  assertEquals(gain.grad!.shape, [2, 1]);
  assertEquals(await bias.grad!.data(), Float32Array.of(2, 2, 2));
  // 2 · (1 + 2 + 3 + 7 + 8 + 9) − (4 + 5 + 6 + 10 + 11 + 12) + 4 · (1 + 2 + 3)
  assertEquals(await factor.grad!.data(), Float32Array.of(36));
});

deviceTest("an operand may be a number, on either side", async (device) => {
  using x = Tensor.from(device, [1, -2], [2], { requiresGrad: true });
  using right = add(x, 0.5);
  assertEquals(await right.data(), Float32Array.of(1.5, -1.5));
  using left = mul(-3, x);
  assertEquals(await left.data(), Float32Array.of(-3, 6));
  {
    using tape = new Tape();
    tape.backward(sum(add(1, mul(-3, x))));
  }
  assertEquals(await x.grad!.data(), Float32Array.of(-3, -3));
});

deviceTest("beside a number a tensor keeps its shape, [] too", (device) => {
  for (const shape of [[], [1], [1, 1]]) {
    using x = Tensor.from(device, [3], shape);
    const outputs = [
      add(x, 2),
      mul(0.5, x),
      eq(x, 3),
      where(x, x, -1),
      where(x, 1, 2),
    ];
    for (const output of outputs) assertEquals(output.shape, shape);
  }
});

deviceTest("an operand may be both operands", async (device) => {
  using x = Tensor.from(device, [1, -2], [2], { requiresGrad: true });
  {
    using tape = new Tape();
    tape.backward(sum(mul(x, x)));
  }
  assertEquals(await x.grad!.data(), Float32Array.of(2, -4));
});

deviceTest("broadcasting is captured", async (device) => {
  using x = Tensor.from(device, counting(6), [2, 3], { requiresGrad: true });
  using row = Tensor.from(device, [1, 2, 3], [3], { requiresGrad: true });
  using step = capture(device, () => {
    x.zeroGrad();
    row.zeroGrad();
    using tape = new Tape();
    const loss = sum(mul(add(x, row), 2));
    tape.backward(loss);
    return loss;
  });
  for (let call = 0; call < 3; call++) {
    const loss = step();
    assertEquals(await loss.item(), 66);
  }
  assertEquals(await row.grad!.data(), Float32Array.of(4, 4, 4));
  assertEquals(await x.grad!.data(), new Float32Array(6).fill(2));
});

deviceTest("operands that do not fit are refused", (device) => {
  using x = Tensor.from(device, counting(6), [2, 3]);
  using column = Tensor.from(device, [1, 2], [2]);
  const indices = Tensor.from(device, Int32Array.of(1, 2, 3), [3]);
  assertThrows(
    () => add(x, column),
    ShapeError,
    "add: right: expected a shape that broadcasts with [2, 3], got [2]. " +
      "Help: Aligned at the last axis",
  );
  assertThrows(
    () => mul(x, indices as unknown as Tensor),
    TypeError,
    "mul: right: expected f32 elements, got i32",
  );
  assertThrows(
    () => add(1, 2),
    TypeError,
    "add: expected at least one tensor, got two numbers",
  );
  indices[Symbol.dispose]();
});

deviceTest("an operation of one's own has both gradients", async (device) => {
  const hypotenuse = binary({
    name: "hypotenuse",
    reference: {
      value: Math.hypot,
      left: (g, a, _b, y) => g * a / y,
      right: (g, _a, b, y) => g * b / y,
    },
    wgsl: {
      value: "sqrt(squareOf(a) + squareOf(b))",
      left: "g * a / y",
      right: "g * b / y",
      functions: "fn squareOf(x: f32) -> f32 { return x * x; }\n",
    },
  });
  using a = Tensor.from(device, [3, 6], [2, 1], { requiresGrad: true });
  using b = Tensor.from(device, [4, 8], [2, 1], { requiresGrad: true });
  using y = hypotenuse(a, b);
  assertEquals(await y.data(), Float32Array.of(5, 10));
  {
    using tape = new Tape();
    tape.backward(sum(hypotenuse(a, b)));
  }
  assertEquals(await a.grad!.data(), Float32Array.of(0.6, 0.6));
  assertEquals(await b.grad!.data(), Float32Array.of(0.8, 0.8));
});

deviceTest("whole numbers are compared exactly", async (device) => {
  // As f32 these are one number.
  const values = Int32Array.of(16_777_216, 16_777_217, -2_147_483_648, 3);
  using x = Tensor.from(device, values, [4]);
  using same = eq(x, 16_777_217);
  assertEquals(await same.data(), Float32Array.of(0, 1, 0, 0));
  using row = Tensor.from(device, values, [4]);
  using column = Tensor.from(device, values, [4, 1]);
  using below = lt(column, row);
  assertEquals(
    await below.data(),
    Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 0),
  );
  using above = gt(4, x);
  assertEquals(await above.data(), Float32Array.of(0, 0, 1, 1));
});

deviceTest("operands of a comparison that do not fit are refused", (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  using indices = Tensor.from(device, Int32Array.of(1, 2), [2]);
  assertThrows(
    () => eq(x, indices as unknown as Tensor),
    TypeError,
    "eq: right: expected f32 elements, got i32",
  );
  assertThrows(
    () => gt(indices, 0.5),
    RangeError,
    "gt: number: expected a whole number of 32 bits, as the tensor's elements " +
      "are, got 0.5. Help: Round it.",
  );
  assertThrows(
    () => where(x, x, Tensor.from(device, [1, 2, 3], [3])),
    ShapeError,
    "where: other: expected a shape that broadcasts with [2], got [3]",
  );
  assertThrows(
    () => where(Tensor.from(device, [1, 2, 3], [3]), x, 1),
    ShapeError,
    "where: condition: expected a shape that broadcasts with [2], got [3]",
  );
});

deviceTest("where passes bits as they are", async (device) => {
  using x = Tensor.from(device, [-0, NaN, Infinity, 1e-45], [4]);
  using condition = Tensor.from(device, [1, 1, 1, 1e-45], [4]);
  using y = where(condition, x, 7);
  assertEquals(await y.data(), await x.data());
  using inverse = reciprocal(where(gt(x, 1), -0, -1));
  assertEquals(await inverse.data(), Float32Array.of(-1, -1, -Infinity, -1));
});

deviceTest("a number is uploaded once", async (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  let writes = 0;
  const write = device.write;
  device.write = (buffer, values) => {
    writes++;
    write.call(device, buffer, values);
  };
  try {
    for (let call = 0; call < 3; call++) {
      using y = mul(add(x, 0.123), 0.123);
      assertEquals((await y.data()).length, 2);
    }
    assertEquals(writes, 1);
    // Many others replace it.
    for (let call = 0; call < 300; call++) {
      add(x, call + 0.25)[Symbol.dispose]();
    }
    assertEquals(writes, 301);
    add(x, 0.123)[Symbol.dispose]();
    assertEquals(writes, 302);
    add(x, 299.25)[Symbol.dispose]();
    assertEquals(writes, 302);
  } finally {
    device.write = write;
  }
});
