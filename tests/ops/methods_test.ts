import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as ops from "../../mod.ts";
import { openDevice, relu, sum, Tape, Tensor } from "../../mod.ts";
import { deviceTest } from "../_devices.ts";

Deno.test("methods of a tensor are operations", async () => {
  using device = await openDevice({ device: "cpu" });
  using x = Tensor.from(device, [-1, 2, 3, -4], [2, 2]);
  assertEquals(await x.relu().data(), await relu(x).data());
  assertEquals(
    await x.sum({ dim: 1, keepdim: true }).data(),
    await sum(x, { dim: 1, keepdim: true }).data(),
  );
  assertEquals(
    await x.add(1).sub(x).mul(6).div(3).mean().item(),
    2,
  );
});

Deno.test("a tape records methods", async () => {
  using device = await openDevice({ device: "cpu" });
  const x = Tensor.from(device, [1, -2], [2], { requiresGrad: true });
  {
    using tape = new Tape();
    tape.backward(x.mul(x).relu().sum());
  }
  assertEquals(await x.grad?.data(), new Float32Array([2, -4]));
});

Deno.test("elementwise operations are methods", async () => {
  using device = await openDevice({ device: "cpu" });
  using x = Tensor.from(device, [0.5, 2, 3, 1], [2, 2]);
  using row = Tensor.from(device, [2, 1], [2]);
  const pairs: [method: Tensor, operation: Tensor][] = [
    [x.neg().abs(), ops.abs(ops.neg(x))],
    [x.exp().log(), ops.log(ops.exp(x))],
    [x.sqrt().square(), ops.square(ops.sqrt(x))],
    [x.pow(row).reciprocal(), ops.reciprocal(ops.pow(x, row))],
    [x.sigmoid().tanh(), ops.tanh(ops.sigmoid(x))],
    [
      x.silu().gelu({ approximate: "tanh" }),
      ops.gelu(ops.silu(x), {
        approximate: "tanh",
      }),
    ],
    [x.neg().leakyRelu(0.2), ops.leakyRelu(ops.neg(x), 0.2)],
    [x.neg().elu(0.5), ops.elu(ops.neg(x), 0.5)],
    [x.softplus(2, 3), ops.softplus(x, 2, 3)],
    [x.clamp(null, 1), ops.clamp(x, null, 1)],
    [x.clamp(1, 2), ops.clamp(x, 1, 2)],
    [x.maximum(row).minimum(2.5), ops.minimum(ops.maximum(x, row), 2.5)],
    [x.eq(row).add(x.ne(row)), ops.add(ops.eq(x, row), ops.ne(x, row))],
    [x.lt(2).add(x.le(2)), ops.add(ops.lt(x, 2), ops.le(x, 2))],
    [x.gt(2).add(x.ge(2)), ops.add(ops.gt(x, 2), ops.ge(x, 2))],
    [x.where(x.gt(1), row), ops.where(ops.gt(x, 1), x, row)],
  ];
  for (const [method, operation] of pairs) {
    assertEquals(await method.data(), await operation.data());
  }
  using indices = Tensor.from(device, Int32Array.of(1, 2, 3), [3]);
  assertEquals(await indices.ge(2).data(), Float32Array.of(0, 1, 1));
});

deviceTest("a tensor says its size in PyTorch's words", (device) => {
  using x = Tensor.zeros(device, [2, 3, 4]);
  assertEquals(x.size(), [2, 3, 4]);
  assertEquals([x.size(0), x.size(-1)], [2, 4]);
  assertEquals([x.dim(), x.numel()], [3, 24]);
  assertThrows(
    () => x.size(3),
    RangeError,
    "size: dim: expected an axis of [2, 3, 4], from -3 to 2, got 3.",
  );
});

deviceTest("float() makes f32 of i32", async (device) => {
  const values = Int32Array.of(-3, 0, 16_777_216, 2 ** 31 - 1);
  using labels = Tensor.from(device, values, [2, 2]);
  using floats = labels.float();
  assertEquals([floats.dtype, floats.shape], ["f32", [2, 2]]);
  assertEquals(await floats.data(), Float32Array.from(values));
  assertStrictEquals(floats.float(), floats);
  using bytes = Tensor.from(device, Uint8Array.of(1), [1]);
  assertThrows(() => bytes.float(), TypeError, "float: x");
});

deviceTest("t() exchanges rows and columns", async (device) => {
  using x = Tensor.from(device, [[1, 2, 3], [4, 5, 6]]);
  assertEquals(await x.t().tolist(), [[1, 4], [2, 5], [3, 6]]);
  using row = Tensor.from(device, [1, 2]);
  assertStrictEquals(row.t(), row);
  assertThrows(
    () => x.unsqueeze(0).t(),
    ops.ShapeError,
    "t: x: expected at most two dimensions, got [1, 2, 3]. " +
      "Help: Name the axes: transpose(dim0, dim1).",
  );
});

deviceTest("a result goes on in the same variable", async (device) => {
  // What compiles here is what a PyTorch program does with `out`.
  const layer = new ops.Conv2d(1, 1, 1, { bias: false }).to(device);
  ops.init.ones(layer.weight);
  let out = layer.forward(Tensor.ones(device, [1, 1, 2, 2]));
  out = out.add(1);
  out = out.flatten(1);
  out = out.mul(2).view([-1]);
  let loss = Tensor.zeros(device, [1]);
  loss = loss.add(sum(out));
  assertEquals(await loss.item(), 16);
});

deviceTest("largest elements are taken apart as in PyTorch", async (device) => {
  using scores = Tensor.from(device, [[1, 3, 2], [6, 5, 4]]);
  using labels = Tensor.from(device, [1, 2], { dtype: "i32" });
  const [values, predicted] = scores.max(1);
  assertEquals(await values.tolist(), [3, 6]);
  assertEquals(await predicted.eq(labels).sum().item(), 1);
  const least = scores.min(1);
  assertStrictEquals(least[1], least.indices);
  assertStrictEquals(least[0], least.values);
});

deviceTest("an error about types names the way out", (device) => {
  using labels = Tensor.from(device, [1, 0], { dtype: "i32" });
  using logits = Tensor.zeros(device, [2, 2]);
  assertThrows(
    () => ops.bceWithLogits(logits, labels as unknown as Tensor),
    TypeError,
    "expected f32 elements, got i32. Help: `float()` makes f32 of i32.",
  );
  assertThrows(
    () => ops.crossEntropy(logits, [1, 0] as unknown as Tensor),
    TypeError,
    "expected i32 elements, got what is no tensor. Help: Make i32 tensors",
  );
  assertThrows(
    () => new ops.Sequential([new ops.ReLU()] as unknown as ops.ReLU),
    TypeError,
    "Sequential: layer 0: expected a module, got an array. " +
      "Help: Give layers one by one: new Sequential(...layers).",
  );
  const weights = { tensors: new Map() } as unknown as Map<string, never>;
  assertThrows(
    () => new ops.Linear(1, 1).to(device).loadStateDict(weights),
    TypeError,
    "loadStateDict: state: expected a Map of names and tensors, as " +
      "stateDict() gives it, got a file of weights. Help: Its `tensors` are one",
  );
});
