import { describe, DeviceError } from "../base/errors.ts";
import type { Device } from "../devices/device.ts";

let current: Device | null = null;

/**
 * Sets the device on which models, loaders, means and captured functions are
 * made that are given none, as `torch.set_default_device` does.
 *
 * @param device The device; null for none.
 * @returns The device, for `using`.
 *
 * @example
 * ```ts
 * import { Linear, openDevice, setDefaultDevice } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = setDefaultDevice(await openDevice({ device: "cpu" }));
 * const model = new Linear(4, 2).to({ seed: 0 });
 * assertEquals(model.weight.tensor.device, device);
 * setDefaultDevice(null);
 * ```
 *
 * @category Devices
 */
export function setDefaultDevice<D extends Device | null>(device: D): D {
  current = device;
  return device;
}

/**
 * The device for what is given none.
 *
 * @param what What asks, for the error.
 * @throws {DeviceError} If {@linkcode setDefaultDevice} was not called.
 */
export function defaultDevice(what: string): Device {
  if (current !== null) return current;
  throw new DeviceError(describe({
    what,
    expected: "a device",
    got: "none, and there is no default device",
    help: "Give it one of openDevice(), or call " +
      "setDefaultDevice(await openDevice()) before.",
  }));
}

/** Whether a first argument is a device, or what comes after one. */
export function isDevice(value: unknown): value is Device {
  return "allocate" in Object(value);
}
