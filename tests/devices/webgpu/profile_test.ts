import { assert, assertEquals } from "@std/assert";
import { capture } from "../../../src/core/capture.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { add, sum } from "../../../src/ops/mod.ts";
import { Tensor } from "../../../src/core/tensor.ts";
import { webGpuTest } from "../../_webgpu.ts";

webGpuTest("profile: times every kernel, replays too", async () => {
  using device = await WebGpuDevice.open({ profile: true });
  const { profile } = device;
  using x = Tensor.from(device, new Float32Array(1000).fill(1), [1000]);
  using step = capture(device, (x: Tensor) => sum(add(x, x)));
  assertEquals(await step(x).item(), 2000);
  for (let count = 0; count < 3000; count++) step(x);
  await device.settle();
  assert(profile !== null);
  assertEquals(profile.runs.length, 2 * 3001);
  assertEquals(profile.runs[0].name, "add");
  assertEquals(profile.runs[0].bytes, 12_000);
  assertEquals(profile.runs[6001].name, "sum");
  let last = 0;
  for (const { duration, start } of profile.runs) {
    // The sum of two numbers of µs is rounded; times are whole ns.
    assert(duration >= 0, `${duration} µs`);
    assert(start > last - 5e-4, `start ${start} before ${last}`);
    last = start + duration;
  }
  assert(last > 0);
  assertEquals(await step(x).item(), 2000);
});

webGpuTest("profile: a device keeps none unless asked", (device) => {
  assertEquals(device.profile, null);
});
