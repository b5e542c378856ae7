import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { makeGrid } from "../../src/digits/mod.ts";

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
