import { assertEquals } from "@std/assert";
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
