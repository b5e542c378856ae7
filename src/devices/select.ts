import { optionText } from "../base/help.ts";
import { checkOptions } from "../base/options.ts";
import type { Device, Precision } from "./device.ts";
import { describe, DeviceError } from "../base/errors.ts";
import type { Variant } from "../../kernels/kernel.ts";
import {
  adapterName,
  checkFeatures,
  isSoftware,
  requestAdapter,
} from "./webgpu/adapter.ts";
import type { WebGpuDeviceOptions } from "./webgpu/webgpu_device.ts";

/** Which device to open. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/**
 * How to open a device.
 *
 * @category Devices
 */
export interface OpenDeviceOptions {
  /**
   * `auto` takes a GPU if there is one, else the CPU; `webgpu` takes whatever
   * adapter there is, a software one too. Default `auto`.
   */
  device?: DeviceChoice;
  /** Whether to measure every kernel. Default false. */
  profile?: boolean;
  /**
   * Which implementation of kernels WebGPU takes; see {@linkcode WebGpuDeviceOptions.variant}.
   * Default `auto`.
   */
  variant?: "auto" | Variant;
  /** Is told once of each implementation that is used, as `kernel: tiled`. */
  onVariant?: (sentence: string) => void;
  /**
   * How activations are stored; see {@linkcode WebGpuDeviceOptions.precision}.
   * Default `f32`.
   */
  precision?: Precision;
  /** Threads of the CPU device. Default: one for each core, at most 8. */
  threads?: number;
  /** Is told which device was taken, and why. */
  onChoice?: (sentence: string) => void;
}

/**
 * Opens a device: a GPU if there is one, else the CPU.
 *
 * A software adapter, such as Mesa's lavapipe, is no GPU: the CPU device is
 * faster. Ask for it by `webgpu`. A GPU that fails to open, or whose self-test
 * fails, makes `auto` take the CPU; `onChoice` is told why.
 *
 * @throws {DeviceError} If `webgpu` is asked for and no adapter can be used, a
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
 *
 * @category Devices
 */
export async function openDevice(
  options: OpenDeviceOptions = {},
): Promise<Device> {
  checkOptions("openDevice", options, [
    "device",
    "onChoice",
    "onVariant",
    "precision",
    "profile",
    "threads",
    "variant",
  ]);
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
        device: await openCpu(options),
        reason: "as asked for",
      };
    case "webgpu":
      return {
        device: await openWebGpu(given),
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
  const { onVariant, precision, profile, variant } = options;
  let adapter: GPUAdapter | null;
  try {
    adapter = await requestAdapter();
  } catch (error) {
    return await insteadOfWebGpu(options, "WebGPU cannot be used", error);
  }
  if (adapter === null) {
    const reason = navigator.gpu === undefined
      ? "this program runs without WebGPU"
      : "there is no WebGPU adapter";
    return { device: await openCpu(options), reason };
  }
  const name = adapterName(adapter.info);
  if (isSoftware(adapter.info)) {
    const reason = `the only WebGPU adapter is software (${name})`;
    return { device: await openCpu(options), reason };
  }
  // What the caller asked for and can leave out is not the adapter's failure.
  checkFeatures(adapter, {
    isHalf: precision === "f16",
    isTimed: profile === true,
  });
  const given = { adapter, onVariant, precision, profile, variant };
  try {
    const device = await openWebGpu(given);
    return { device, reason: "a hardware adapter" };
  } catch (error) {
    const problem = `the WebGPU adapter ${name} cannot be used`;
    return await insteadOfWebGpu(options, problem, error);
  }
}

/**
 * The CPU, and as its reason what a driver or the platform threw: it is no
 * fault of the caller, whatever its class.
 */
async function insteadOfWebGpu(
  options: OpenDeviceOptions,
  problem: string,
  error: unknown,
): Promise<{ device: Device; reason: string }> {
  // The CPU has no f16: the failure of the adapter says more than that.
  if (options.precision === "f16") throw error;
  const text = error instanceof Error ? error.message : String(error);
  const [cause] = text.replaceAll(/\s+/g, " ").split(/\.? Help: /);
  const device = await openCpu(options);
  return { device, reason: `${problem} (${cause})` };
}

// A program that is bundled in parts loads the one of the device that it opens.

async function openWebGpu(options: WebGpuDeviceOptions): Promise<Device> {
  const { WebGpuDevice } = await import("./webgpu/webgpu_device.ts");
  return await WebGpuDevice.open(options);
}

async function openCpu(
  { precision, profile, threads }: OpenDeviceOptions,
): Promise<Device> {
  if (precision === "f16") {
    throw new DeviceError(describe({
      what: "device: precision f16",
      expected: "a WebGPU adapter",
      got: "the CPU",
      help: `Use ${optionText("device", "webgpu")}, or leave out ${
        optionText("precision")
      }.`,
    }));
  }
  const { CpuDevice } = await import("./cpu/cpu_device.ts");
  return CpuDevice.open({ profile, threads });
}
