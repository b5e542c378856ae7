import { assertEquals, assertThrows } from "@std/assert";
import { Tensor } from "../../src/core/tensor.ts";
import { Flatten, Sequential } from "../../src/nn/mod.ts";
import { deviceTest } from "../_devices.ts";

deviceTest("Flatten makes one of the dimensions it is given", (device) => {
  using x = Tensor.zeros(device, [2, 3, 4, 5]);
  const shapeOf = (layer: Flatten) => layer.forward(x).shape;
  assertEquals(shapeOf(new Flatten()), [2, 60]);
  assertEquals(shapeOf(new Flatten(0)), [120]);
  assertEquals(shapeOf(new Flatten(1, 2)), [2, 12, 5]);
  assertEquals(shapeOf(new Flatten(-3, -2)), [2, 12, 5]);
  assertThrows(
    () => new Sequential(new Flatten(4)).forward(x),
    RangeError,
    "flatten: dim: expected an axis of [2, 3, 4, 5], from -4 to 3, got 4",
  );
  assertEquals(String(new Flatten(1, 2)), "Flatten(start_dim=1, end_dim=2)");
});
