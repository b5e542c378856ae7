import { assertEquals } from "@std/assert";
import * as ops from "../../mod.ts";
import { openDevice, relu, sum, Tape, Tensor } from "../../mod.ts";

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
