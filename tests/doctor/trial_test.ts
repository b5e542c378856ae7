import { assert, assertRejects } from "@std/assert";
import type { AnyKernelCall } from "../../kernels/kernel.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { benchmark, trialOf } from "../../src/doctor/trial.ts";
import { DeviceError } from "../../src/base/errors.ts";
import { deviceTest } from "../_devices.ts";

deviceTest(
  "a device that computes rightly passes the trial",
  async (device) => {
    await trialOf(device);
    const { imagesPerSecond, stepMilliseconds } = await benchmark(device, 0);
    assert(stepMilliseconds > 0);
    assert(Math.abs(imagesPerSecond * stepMilliseconds - 100_000) < 1);
  },
);

/** A device with one kernel that leaves everything as it is. */
function broken(device: Device, name: string): Device {
  const run: Device["run"] = (
    kernel: AnyKernelCall["kernel"],
    operands: AnyKernelCall["operands"],
    params?: unknown,
  ) => {
    if (kernel.name !== name) device.run(kernel, operands, params);
  };
  return new Proxy(device, {
    get: (target, key) => {
      if (key === "run") return run;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

for (const kernel of ["adamStep", "linearGradient"] as const) {
  Deno.test(`a device whose ${kernel} does nothing fails the trial`, async () => {
    using device = CpuDevice.open({ threads: 1 });
    const trial = () => trialOf(broken(device, kernel));
    await assertRejects(trial, DeviceError, "losses of 3 steps: expected");
  });
}
