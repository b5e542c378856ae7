/** Operations that move elements, compared with PyTorch's. */
import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { capture } from "../../src/core/capture.ts";
import { Tape } from "../../src/core/tape.ts";
import { elementsOf, Tensor } from "../../src/core/tensor.ts";
import * as ops from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";
import { isPermitted } from "../permissions.ts";

interface Case {
  readonly operation: string;
  readonly shapes: readonly (readonly number[])[];
  readonly arguments: readonly unknown[];
  readonly outputShape: readonly number[];
  readonly output: string;
  readonly gradients: readonly string[];
}

const file = new URL("../golden/shapes.json", import.meta.url);
const cases: readonly Case[] = isPermitted("read")
  ? JSON.parse(await Deno.readTextFile(file))
  : [];

// deno-lint-ignore no-explicit-any -- arguments come from the file
const functions = ops as unknown as Record<string, (...args: any[]) => Tensor>;

/** Runs a case's operation: a function, or one that is a method alone. */
function run(
  { arguments: given, operation }: Case,
  operands: Tensor[],
): Tensor {
  // Python's None leaves an argument out.
  const args = given.map((one) => one ?? undefined);
  if (["concat", "stack"].includes(operation)) {
    return functions[operation](operands, ...args);
  }
  const [x] = operands;
  if (operation === "gather") {
    args[1] = Tensor.from(x.device, args[1] as number[], { dtype: "i32" });
  }
  if (operation in functions) return functions[operation](x, ...args);
  // deno-lint-ignore no-explicit-any -- the method has this name
  return (x as any)[operation](...args);
}

function numbers(text: string): number[] {
  return text.split(" ").map(Number);
}

/** Operands that count from 1, one after another. */
function counted(shapes: Case["shapes"]): number[][] {
  let count = 1;
  return shapes.map((shape) =>
    Array.from({ length: elementsOf(shape) }, () => count++)
  );
}

for (const one of cases) {
  const { gradients, operation, output, outputShape, shapes } = one;
  const name = `${operation} of ${JSON.stringify(shapes)}, ` +
    JSON.stringify(one.arguments);
  deviceTest(name, async (device) => {
    const operands = counted(shapes).map((values, at) =>
      Tensor.from(device, values, shapes[at], { requiresGrad: true })
    );
    let result: Tensor;
    {
      using tape = new Tape();
      result = tape.keep(run(one, operands));
      const [weights] = counted([outputShape]);
      const weight = Tensor.from(device, weights, outputShape);
      tape.backward(ops.sum(ops.mul(result, weight)));
    }
    assertEquals(result.shape, outputShape);
    assertEquals([...await result.data()], numbers(output));
    for (const [at, operand] of operands.entries()) {
      assertEquals([...await operand.grad!.data()], numbers(gradients[at]));
    }
  }, ["read"]);
  deviceTest(`${name}, i32`, async (device) => {
    const operands = counted(shapes).map((values, at) =>
      Tensor.from(device, Int32Array.from(values), shapes[at])
    );
    const result = run(one, operands as unknown as Tensor[]);
    assertEquals(result.dtype as string, "i32");
    assertEquals([...await result.data()], numbers(output));
  }, ["read"]);
}

deviceTest("shape operations are methods", (device) => {
  using x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
  const shapes = {
    expand: x.unsqueeze(0).expand(4, -1, -1).shape,
    expandOfArray: x.unsqueeze(0).expand([4, -1, -1]).shape,
    indexSelect: x.indexSelect(1, [0, 0, 2, 1]).shape,
    permute: x.permute(1, 0).shape,
    permuteOfArray: x.permute([1, 0]).shape,
    select: x.select(1, 0).shape,
    slice: x.slice(1, 1).shape,
    squeeze: x.reshape(1, 6).squeeze().shape,
    transpose: x.transpose(0, 1).shape,
  };
  assertEquals(shapes, {
    expand: [4, 2, 3],
    expandOfArray: [4, 2, 3],
    indexSelect: [2, 4],
    permute: [3, 2],
    permuteOfArray: [3, 2],
    select: [2],
    slice: [2, 2],
    squeeze: [6],
    transpose: [3, 2],
  });
});

deviceTest("what shares memory is not copied", (device) => {
  using x = Tensor.from(device, Uint8Array.of(1, 2, 3), [1, 3]);
  for (const view of [ops.squeeze(x), ops.unsqueeze(x, 0), x.flatten()]) {
    assertEquals(view.buffer, x.buffer);
  }
});

deviceTest("elements keep their bits", async (device) => {
  const values = [NaN, -0, 0, Infinity, -Infinity, 1e-45];
  using x = Tensor.from(device, values, [2, 3]);
  using y = ops.transpose(x, 0, 1);
  using z = ops.pad(y, [1, 0], "constant", NaN);
  using picked = ops.indexSelect(z, 1, [0, 1, 2]);
  const [a, b, c, d, e, f] = values;
  const expected = Float32Array.of(NaN, a, d, NaN, b, e, NaN, c, f);
  const data = await picked.data();
  data.forEach((value, at) => assertEquals(value, expected[at]));
});

deviceTest(
  "a gradient adds what an index picks again in its order",
  async (device) => {
    using x = Tensor.from(device, [0, 0], [2], { requiresGrad: true });
    using weight = Tensor.from(device, [1e8, 1, -1e8, 1], [4]);
    {
      using tape = new Tape();
      const picked = ops.indexSelect(x, 0, [1, 1, 1, 1]);
      tape.backward(ops.sum(ops.mul(picked, weight)));
    }
    // 1e8 + 1 is 1e8 in f32.
    assertEquals(await x.grad!.data(), Float32Array.of(0, 1));
  },
);

deviceTest(
  "an index out of range gives NaN, and no gradient",
  async (device) => {
    using x = Tensor.from(device, [1, 2], [2], { requiresGrad: true });
    using index = Tensor.from(device, Int32Array.of(-1, 1, 2), [3]);
    let picked: Tensor;
    {
      using tape = new Tape();
      picked = tape.keep(ops.indexSelect(x, 0, index));
      tape.backward(ops.sum(picked));
    }
    assertEquals(await picked.data(), Float32Array.of(NaN, 2, NaN));
    assertEquals(await x.grad!.data(), Float32Array.of(0, 1));
  },
);

deviceTest("oneHot has a row for each label", async (device) => {
  using labels = Tensor.from(device, Int32Array.of(1, 0, 2, -1, 3, 1), [2, 3]);
  using rows = ops.oneHot(labels, 3);
  assertEquals(rows.shape, [2, 3, 3]);
  assertEquals([...await rows.data()], [
    ...[0, 1, 0],
    ...[1, 0, 0],
    ...[0, 0, 1],
    ...[NaN, NaN, NaN],
    ...[NaN, NaN, NaN],
    ...[0, 1, 0],
  ]);
});

deviceTest(
  "a captured function moves elements without allocation",
  async (device) => {
    using x = Tensor.from(device, [1, 2, 3, 4], [2, 2], { requiresGrad: true });
    using step = capture(device, (weight: Tensor) => {
      using tape = new Tape();
      const y = ops.concat([ops.transpose(x, 0, 1), ops.pad(x, [-1, 1])], 1);
      const loss = ops.sum(ops.mul(ops.slice(y, 1, 1, 4, 2), weight));
      tape.backward(loss);
      x.zeroGrad();
      return loss;
    });
    using weight = Tensor.from(device, [1, 10, 100, 1000], [2, 2]);
    // Columns 1 and 3 of [[1, 3, 2, 0], [2, 4, 4, 0]].
    const expected = 1 * 3 + 100 * 4;
    assertEquals(await step(weight).item(), expected);
    const { allocations, bindGroups } = { ...device.counters };
    assertEquals(await step(weight).item(), expected);
    assertEquals(device.counters.allocations, allocations);
    assertEquals(device.counters.bindGroups, bindGroups);
  },
);

deviceTest("wrong shapes are named with their rule", (device) => {
  using x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
  using y = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
  const table: [() => Tensor, new () => RangeError, string][] = [
    [
      () => ops.transpose(x, 0, 2),
      RangeError,
      "transpose: dim: expected an axis of [2, 3], from -2 to 1, got 2. Help:",
    ],
    [
      () => ops.transpose(x.slice(0, 1).slice(1, 0, 1).squeeze(), 0, 1),
      RangeError,
      "transpose: dim: expected an axis of [], of which there is none, got 0",
    ],
    [
      () => ops.unsqueeze(x, 3),
      RangeError,
      "unsqueeze: dim: expected a place for an axis in [2, 3], from -3 to 2, got 3",
    ],
    [
      () => ops.squeeze(x, 0.5),
      RangeError,
      "squeeze: dim: expected an axis of [2, 3], from -2 to 1, got 0.5",
    ],
    [
      () => ops.permute(x, [0, -2]),
      RangeError,
      "permute: dims: expected each of the 2 axes of [2, 3] once, got [0, -2]",
    ],
    [
      () => ops.expand(x, [2, 4]),
      ShapeError,
      "expand: x [2, 3]: expected sizes that keep every axis of another size " +
      "than 1, got [2, 4]",
    ],
    [() => ops.expand(x, [3]), ShapeError, "expand: x [2, 3]"],
    [() => ops.expand(x, [-1, 2, 3]), ShapeError, "expand: x [2, 3]"],
    [
      () => ops.slice(x, 1, 2, 1),
      RangeError,
      "slice of [2, 3] along axis 1: expected whole numbers start < end " +
      "within 3 elements, step ≥ 1, got start 2, end 1, step 1",
    ],
    [() => ops.slice(x, 1, 0, 3, 0), RangeError, "step 0"],
    [() => ops.slice(x, 1, 0.5), RangeError, "start 0.5"],
    [
      () => ops.select(x, 0, 2),
      RangeError,
      "select of [2, 3] along axis 0: index: expected a whole number from -2 " +
      "to 1, got 2",
    ],
    [
      () => ops.concat([x, y]),
      ShapeError,
      "concat: tensor 1: expected the shape of tensor 0, [2, 3], but along " +
      "axis 0, got [2, 2]",
    ],
    [
      () => ops.stack([x, y]),
      ShapeError,
      "stack: tensor 1: expected shape [2, 3], got [2, 2]",
    ],
    [
      () => ops.stack([x, x], 4),
      RangeError,
      "stack: dim: expected a place for an axis in [2, 3], from -3 to 2, got 4",
    ],
    [
      () => ops.pad(x, [1]),
      ShapeError,
      "pad: padding of x [2, 3]: expected pairs of whole numbers for 1 to 2 " +
      "axes, the last one first, that leave something of each, got [1]",
    ],
    [() => ops.pad(x, [-2, -1]), ShapeError, "got [-2, -1]"],
    [() => ops.pad(x, [0, 0, 0, 0, 0, 0]), ShapeError, "for 1 to 2 axes"],
    [
      () => ops.indexSelect(x, 0, [0, 2]),
      RangeError,
      "indexSelect of [2, 3] along axis 0: index: expected whole numbers from " +
      "0 to 1, at least one, got 2",
    ],
    [() => ops.indexSelect(x, 0, []), RangeError, "got none"],
    [
      () => x.flatten(2),
      RangeError,
      "flatten: dim: expected an axis of [2, 3], from -2 to 1, got 2",
    ],
    [
      () => x.flatten(1, 0),
      RangeError,
      "flatten of [2, 3]: expected startDim ≤ endDim, got 1, 0",
    ],
  ];
  for (const [run, type, message] of table) {
    const error = assertThrows(run, type, message);
    assertEquals((error as Error).message.includes("Help: "), true);
  }
});

deviceTest("wrong arguments of shape operations are named", (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  using integers = Tensor.from(device, Int32Array.of(1, 2), [2]);
  using bytes = Tensor.from(device, Uint8Array.of(1, 2), [2]);
  const table: [() => unknown, string][] = [
    [() => ops.slice(bytes, 0, 1), "slice: x: expected f32 or i32 elements"],
    [() => ops.expand(bytes, [2]), "expand: x: expected f32 or i32 elements"],
    [() => ops.pad(bytes, [1, 1]), "pad: x: expected f32 or i32 elements"],
    [() => ops.concat([bytes]), "concat: x: expected f32 or i32 elements"],
    [() => ops.indexSelect(bytes, 0, [0]), "indexSelect: x: expected f32 or"],
    [() => ops.concat([]), "concat: tensors: expected at least one tensor"],
    [() => ops.stack([]), "stack: tensors: expected at least one tensor"],
    [
      () => ops.concat([x, integers as unknown as Tensor]),
      "concat: tensor 1: expected f32 elements, got i32",
    ],
    [
      () => ops.pad(x, [1, 1], "reflect" as "constant"),
      'pad: mode: expected "constant", got reflect',
    ],
    [
      () => ops.indexSelect(x, 0, x as unknown as number[]),
      "indexSelect: index: expected i32 elements, got f32",
    ],
    [
      () => ops.oneHot(x as unknown as typeof integers, 2),
      "oneHot: labels: expected i32 elements, got f32",
    ],
  ];
  for (const [run, message] of table) assertThrows(run, TypeError, message);
});

deviceTest("gather names shapes that do not fit", async (device) => {
  using x = Tensor.from(device, [[1, 2, 3], [4, 5, 6]]);
  using labels = Tensor.from(device, [2, 0], { dtype: "i32" });
  assertThrows(
    () => x.gather(1, labels),
    ShapeError,
    "gather of [2, 3] along axis 1: index: expected 2 dimensions, none longer " +
      "than those of x but for axis 1, got [2]. Help: Labels [N] of scores",
  );
  using wrong = Tensor.from(device, [[3, 1], [-1, 0]], { dtype: "i32" });
  assertEquals(await x.gather(1, wrong).tolist(), [[NaN, 2], [NaN, 4]]);
});
