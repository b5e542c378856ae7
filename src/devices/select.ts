import { CpuDevice } from "./cpu/cpu_device.ts";
import type { Device, Precision } from "./device.ts";
import { describe, DeviceError } from "../base/errors.ts";
import type { ConvolutionVariant } from "./webgpu/kernels/conv2d.ts";
import { requestAdapter } from "./webgpu/_adapter.ts";
import { WebGpuDevice } from "./webgpu/webgpu_device.ts";

/** Which device to open. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/** How to open a device. */
export interface OpenDeviceOptions {
  /**
   * `auto` takes a GPU if there is one, else the CPU; `webgpu` takes whatever
   * adapter there is, a software one too. Default `auto`.
   */
  device?: DeviceChoice;
  /** Whether to measure every kernel. Default false. */
  profile?: boolean;
  /**
   * How WebGPU does convolutions; see {@linkcode WebGpuDeviceOptions.variant}.
   * Default `auto`.
   */
  variant?: "auto" | ConvolutionVariant;
  /** Is told once of each variant that is used, in a sentence. */
  onVariant?: (sentence: string) => void;
  /**
   * How activations are stored; see {@linkcode WebGpuDeviceOptions.precision}.
   * Default `f32`.
   */
  precision?: Precision;
  /** Threads of the CPU device. Default: one for each core. */
  threads?: number;
  /** Is told which device was taken, and why. */
  onChoice?: (sentence: string) => void;
}

/**
 * Opens a device: a GPU if there is one, else the CPU.
 *
 * A software adapter, such as Mesa's lavapipe, is no GPU: the CPU device is
 * faster. Ask for it by `webgpu`.
 *
 * @throws {DeviceError} If `webgpu` is asked for and there is no adapter, a
 * profile of an adapter that keeps no times, or f16 of a device without it.
 * @throws {TypeError} If the choice is none of the three.
 * @throws {RangeError} If `threads` is no whole number from 1 to 1024.
 *
 * @example
 * ```ts
 * import { openDevice } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * assertEquals(device.kind, "cpu");
 * ```
 */
export async function openDevice(
  options: OpenDeviceOptions = {},
): Promise<Device> {
  const { device: choice = "auto", onChoice = () => {} } = options;
  const { device, reason } = await choose(choice, options);
  onChoice(`${device.label}: ${reason}`);
  return device;
}

async function choose(
  choice: DeviceChoice,
  options: OpenDeviceOptions,
): Promise<{ device: Device; reason: string }> {
  const { onVariant, precision, profile, variant } = options;
  const given = { onVariant, precision, profile, variant };
  switch (choice) {
    case "cpu":
      return {
        device: openCpu(options),
        reason: "as asked for",
      };
    case "webgpu":
      return {
        device: await WebGpuDevice.open(given),
        reason: "as asked for",
      };
    case "auto":
      return await chooseAutomatically(options);
    default:
      throw new TypeError(describe({
        what: "device",
        expected: "auto, webgpu or cpu",
        got: String(choice),
        help: "Leave it out to take a GPU if there is one.",
      }));
  }
}

async function chooseAutomatically(
  options: OpenDeviceOptions,
): Promise<{ device: Device; reason: string }> {
  const adapter = await requestAdapter();
  if (adapter === null) {
    return {
      device: openCpu(options),
      reason: "there is no WebGPU adapter",
    };
  }
  const { description, isFallbackAdapter } = adapter.info;
  if (isFallbackAdapter) {
    const reason = `the only WebGPU adapter is software (${description})`;
    return { device: openCpu(options), reason };
  }
  const { onVariant, precision, profile, variant } = options;
  const given = { adapter, onVariant, precision, profile, variant };
  const device = await WebGpuDevice.open(given);
  return { device, reason: "a hardware adapter" };
}

function openCpu({ precision, profile, threads }: OpenDeviceOptions): Device {
  if (precision === "f16") {
    throw new DeviceError(describe({
      what: "device: precision f16",
      expected: "a WebGPU adapter",
      got: "the CPU",
      help: "Use `--device webgpu`, or leave out --precision.",
    }));
  }
  return CpuDevice.open({ profile, threads });
}
