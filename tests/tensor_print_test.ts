import { assertEquals, assertThrows } from "@std/assert";
import { openDevice, ShapeError, Tensor } from "../mod.ts";

Deno.test("a tensor prints one line, alone and inside of others", async () => {
  using device = await openDevice({ device: "cpu" });
  const x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
  using w = Tensor.from(device, [1], [1], { requiresGrad: true });
  const line = "Tensor([2, 3], f32, cpu)";
  assertEquals(String(x), line);
  assertEquals(`${w}`, "Tensor([1], f32, cpu, requiresGrad)");
  assertEquals(Deno.inspect(x), line);
  assertEquals(Deno.inspect({ a: [x] }), `{ a: [ ${line} ] }`);
  x[Symbol.dispose]();
  assertEquals(String(x), "Tensor([2, 3], f32, cpu, freed)");
});

Deno.test("a tensor refuses shapes that are none", async () => {
  using device = await openDevice({ device: "cpu" });
  const shapes = [[-1], [-1, -2], [1.5], [NaN], [0], [Infinity]];
  for (const shape of [...shapes, 2 as unknown as number[]]) {
    assertThrows(() => Tensor.empty(device, shape), ShapeError, "Help: ");
    assertThrows(() => Tensor.from(device, [1, 2], shape), ShapeError, "shape");
  }
});
