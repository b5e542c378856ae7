/**
 * Products of the default build and of the relaxed one, so often that V8 compiles them
 * with all optimizations; prints the default device's label and whether all bits were
 * the same.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { convolutions, linearLayer } from "./_wide_products.ts";

using device = CpuDevice.open({ threads: 1, winogradFrom: 0 });
using relaxed = CpuDevice.open({
  threads: 1,
  winogradFrom: 0,
  kernels: "relaxed",
});
console.log(device.label);
const shape = { batch: 95, inFeatures: 80, outFeatures: 127 };
const linear = await linearLayer(relaxed, shape);
const convolved = await convolutions(relaxed, 8, 16, 32, 14);
for (let i = 0; i < 60; i++) {
  assertEquals(await linearLayer(device, shape), linear);
  assertEquals(await convolutions(device, 8, 16, 32, 14), convolved);
}
console.log("same bits");
