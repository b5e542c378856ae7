import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { type ImageBatch, makeGrid } from "../../src/digits/mod.ts";
import { deviceTest } from "../_devices.ts";

Deno.test("makeGrid lays images out as torchvision does", () => {
  const images = Uint8Array.from({ length: 3 * 2 * 1 }, (_, at) => at + 1);
  const grid = makeGrid(images, [1, 2], { columns: 2, padding: 1 });
  // make_grid(torch.arange(1, 7).view(3, 1, 1, 2), nrow=2, padding=1)[0]
  assertEquals([grid.width, grid.height], [7, 5]);
  assertEquals([...grid.data], [
    ...[0, 0, 0, 0, 0, 0, 0],
    ...[0, 1, 2, 0, 3, 4, 0],
    ...[0, 0, 0, 0, 0, 0, 0],
    ...[0, 5, 6, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0],
  ]);
});

Deno.test("makeGrid has torchvision's defaults and no empty columns", () => {
  const { height, width } = makeGrid(new Uint8Array(9 * 4), [2, 2]);
  assertEquals([height, width], [2 * 4 + 2, 8 * 4 + 2]);
  const few = makeGrid(new Uint8Array(3 * 4), [2, 2]);
  assertEquals([few.height, few.width], [6, 3 * 4 + 2]);
});

Deno.test("makeGrid refuses no image and a part of one", () => {
  for (const length of [0, 5]) {
    const make = () => makeGrid(new Uint8Array(length), [2, 2]);
    assertThrows(make, ShapeError, `got ${length} pixels`);
  }
});

deviceTest("makeGrid takes a batch of pixels from 0 to 1", async (device) => {
  const bytes = Uint8Array.from({ length: 3 * 2 * 3 }, (_, at) => at * 15);
  const expected = makeGrid(bytes, [2, 3], { columns: 2, padding: 1 });
  const floats = Float32Array.from(bytes, (byte) => byte / 255);
  using batch = Tensor.from(device, floats, [3, 1, 2, 3]);
  const options = { columns: 2, padding: 1 };
  assertEquals(await makeGrid(batch, options), expected);
  using raw = Tensor.from(device, bytes, [3, 1, 2, 3]);
  assertEquals(await makeGrid(raw, options), expected);
});

deviceTest("makeGrid rounds and cuts off as save_image", async (device) => {
  // torch.tensor(values).mul(255).add(0.5).clamp(0, 255).to(torch.uint8)
  const values = [-0.5, 0.001, 0.002, 0.5, 0.999, 1.5, -Infinity, Infinity];
  const expected = [0, 0, 1, 128, 255, 255, 0, 255];
  for (const shape of [[1, 1, 2, 4], [1, 2, 4], [2, 4]]) {
    using image = Tensor.from(device, values, shape);
    const { data, height, width } = await makeGrid(image);
    assertEquals([height, width], [2, 4], "no padding around one image");
    assertEquals([...data], expected);
  }
});

deviceTest(
  "makeGrid refuses what is no batch of grey images",
  async (device) => {
    for (const shape of [[2, 3, 1, 1], [6], [3, 2, 1], [1, 1, 1, 6, 1]]) {
      using colours = Tensor.from(device, new Float32Array(6), shape);
      await assertRejects(() => makeGrid(colours), ShapeError, "Help: ");
    }
    using labels = Tensor.from(device, new Int32Array(4), [2, 2]);
    const make = () => makeGrid(labels as unknown as ImageBatch);
    await assertRejects(make, TypeError, "got i32");
  },
);
