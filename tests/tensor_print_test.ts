import { assertEquals, assertThrows } from "@std/assert";
import type { AnyTensor } from "../src/core/tensor.ts";
import { openDevice, ShapeError, Tensor } from "../mod.ts";
import { deviceTest } from "./_devices.ts";

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

deviceTest(
  "typed arrays are converted, never reinterpreted",
  async (device) => {
    const read = async (x: AnyTensor) => {
      using owned = x;
      return await owned.data();
    };
    const f64 = Tensor.from(device, Float64Array.of(1.5, -2), [2]);
    assertEquals(await read(f64), Float32Array.of(1.5, -2));
    const bytes = Tensor.from(device, Uint8ClampedArray.of(1, 255), [2]);
    assertEquals(await read(bytes), Uint8Array.of(1, 255));
    const i64 = Tensor.from(device, BigInt64Array.of(7n, -8n), [2]);
    assertEquals(await read(i64), Int32Array.of(7, -8));
    const i8 = Tensor.from(device, Int8Array.of(7, -8), [2]);
    assertEquals(await read(i8), Int32Array.of(7, -8));
    assertThrows(
      () => Tensor.from(device, Uint32Array.of(1, 2 ** 31), [2]),
      RangeError,
      "Help: ",
    );
  },
);
