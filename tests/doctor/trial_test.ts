import { assert, assertEquals, assertRejects } from "@std/assert";
import type { AnyKernelCall } from "../../kernels/kernel.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { benchmark, trialOf } from "../../src/doctor/trial.ts";
import { DeviceError } from "../../src/base/errors.ts";
import { nameCommands } from "../../src/base/help.ts";
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
function broken(
  device: Device,
  name: string,
  kind: Device["kind"] = "cpu",
): Device {
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
      if (key === "kind") return kind;
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

Deno.test("a failed trial helps by the device and by how the user came there", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const helpOf = async (kind: Device["kind"]) => {
    const trial = () => trialOf(broken(device, "adamStep", kind));
    const { message } = await assertRejects(trial, DeviceError);
    return message.split(" Help: ")[1];
  };
  assertEquals(
    await helpOf("webgpu"),
    'Update the driver, or use `device: "cpu"`.',
  );
  assertEquals(await helpOf("cpu"), "Report this, with what `diagnose` finds.");
  nameCommands((command) => `deno task ${command}`);
  assertEquals(
    await helpOf("webgpu"),
    "Update the driver, or use `--device cpu`.",
  );
  assertEquals(
    await helpOf("cpu"),
    "Report this, with the text of `deno task doctor`.",
  );
});

Deno.test("a benchmark takes twice as many steps until they fill its time", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const { now } = performance;
  let looks = 0;
  try {
    // Milliseconds between two looks: 1, 5, 9.
    performance.now = () => looks * looks++;
    assertEquals(await benchmark(device, 0.018), {
      stepMilliseconds: 9 / 4,
      imagesPerSecond: 100_000 / (9 / 4),
    });
  } finally {
    performance.now = now;
  }
});
