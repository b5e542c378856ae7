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
    const f16 = Tensor.from(device, Float16Array.of(1.5, -2), [2]);
    assertEquals(await read(f16), Float32Array.of(1.5, -2));
    const u64 = Tensor.from(device, BigUint64Array.of(7n, 8n), [2]);
    assertEquals(await read(u64), Int32Array.of(7, 8));
    for (const Integers of [Int8Array, Int16Array]) {
      const x = Tensor.from(device, Integers.of(7, -8), [2]);
      assertEquals(await read(x), Int32Array.of(7, -8));
    }
    for (const Integers of [Uint16Array, Uint32Array]) {
      const x = Tensor.from(device, Integers.of(7, 65535), [2]);
      assertEquals(await read(x), Int32Array.of(7, 65535));
    }
    for (const values of [BigInt64Array.of(1n << 40n, 0n), { length: 2 }]) {
      const make = () => Tensor.from(device, values as BigInt64Array, [2]);
      assertThrows(make, Error, "Help: ");
    }
    assertThrows(
      () => Tensor.from(device, Uint32Array.of(1, 2 ** 31), [2]),
      RangeError,
      "Help: ",
    );
  },
);

deviceTest("a device takes no values of another type", async (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  using labels = Tensor.from(device, Int32Array.of(1, 2), [2]);
  using bytes = Tensor.from(device, Uint8Array.of(1, 2), [2]);
  const wrong: [AnyTensor, ArrayBufferView][] = [
    [x, Int32Array.of(7)],
    [x, Float64Array.of(7)],
    [x, Float16Array.of(7)],
    [labels, Float32Array.of(7)],
    [labels, Uint32Array.of(7)],
    [labels, BigInt64Array.of(7n)],
    [bytes, Int8Array.of(7)],
    [bytes, Float32Array.of(7)],
  ];
  for (const [{ buffer }, values] of wrong) {
    const write = () => device.write(buffer, values as Float32Array);
    const error = assertThrows(write, TypeError, "Help: Convert");
    assertEquals(error.message.split("\n").length, 1);
  }
  for (const count of [0, 3]) {
    const write = () => device.write(x.buffer, new Float32Array(count));
    assertThrows(write, RangeError, "expected 1 to 2 elements");
  }
  assertEquals(await x.data(), Float32Array.of(1, 2));
  assertEquals(await labels.data(), Int32Array.of(1, 2));
  assertEquals(await bytes.data(), Uint8Array.of(1, 2));
});

Deno.test("reshape refuses what is no array in one line", async () => {
  using device = await openDevice({ device: "cpu" });
  using x = Tensor.from(device, [1, 2, 3, 4], [4]);
  for (const shape of ["22", null, undefined, { 0: 4 }]) {
    const error = assertThrows(
      () => x.reshape(shape as unknown as number[]),
      ShapeError,
      "Help: Give the size of each dimension",
    );
    assertEquals(error.message.split("\n").length, 1);
  }
  for (const shape of [[3], [-1, -1], [0, -1], [2.5, -1], ["4"]]) {
    const reshape = () => x.reshape(shape as number[]);
    assertThrows(reshape, ShapeError, "a shape of 4 elements");
  }
  assertThrows(() => x.reshape(2), ShapeError, "elements, got [2]");
  const rows: Tensor = x.reshape([2, -1]);
  assertEquals(rows.shape, [2, 2]);
  assertEquals(x.reshape(-1, 2, 1).shape, [2, 2, 1]);
  assertEquals(x.view(2, -1).shape, [2, 2]);
  assertEquals(x.view([4, 1]).shape, [4, 1]);
});
