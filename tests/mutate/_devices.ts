import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";

/** Devices on which kernel cases run, by name. */
export type DeviceName = keyof typeof devices;

const onCpu = { threads: 3, splitFrom: 0 };

const devices = {
  cpu: () => CpuDevice.open(onCpu),
  winograd: () => CpuDevice.open({ ...onCpu, winogradFrom: 0 }),
  webgpu: () => WebGpuDevice.open({ poison: true }),
  direct: () => WebGpuDevice.open({ poison: true, variant: "direct" }),
  tiled: () => WebGpuDevice.open({ poison: true, variant: "tiled" }),
};

/** Opens a device. */
export async function openDevice(name: string): Promise<Device & Disposable> {
  return await devices[name as DeviceName]();
}
