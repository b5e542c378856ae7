import { assertEquals } from "@std/assert";
import { openDevice, Tensor } from "../../src/browser/mod.ts";

Deno.test("the library of a page opens a device, and tensors get their methods", async () => {
  assertEquals(Tensor.prototype.relu, undefined);
  using device = await openDevice({ device: "cpu", threads: 1 });
  using x = Tensor.from(device, [-1, 2], [2]);
  using y = x.relu();
  assertEquals([...await y.data()], [0, 2]);
});
