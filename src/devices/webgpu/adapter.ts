import { helpFor, optionText } from "../../base/help.ts";
import { denoVersion } from "../../base/deno_version.ts";
import { describe, DeviceError } from "../../base/errors.ts";

/**
 * The platform's preferred adapter, or null where there is none.
 *
 * @throws {DeviceError} If the platform fails to look for one.
 */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  try {
    return await navigator.gpu?.requestAdapter({
      powerPreference: "high-performance",
    }) ?? null;
  } catch (error) {
    throw new DeviceError(describe({
      what: "webgpu: the platform fails to look for an adapter",
      got: (error as Error).message,
      help: `Update the graphics driver, or use ${
        optionText("device", "cpu")
      }.`,
    }));
  }
}

/**
 * Storage buffers that a device is asked for, where the adapter has so many: every
 * device has 8, and fused kernels bind up to 10, and 2 uniforms that may be bound
 * as storage.
 */
const mostStorageBuffers = 12;

/** Storage textures that a device is asked for: every device has 4. */
const mostStorageTextures = 8;

/** The oldest Deno whose WebGPU reports lost devices and failed pipelines. */
export const leastDeno = "2.7";

/** Names of adapters that run on the CPU. */
const softwareNames =
  /llvmpipe|lavapipe|softpipe|swiftshader|microsoft basic render/i;

/**
 * Whether an adapter runs on the CPU. Before version 2.8, Deno denies that of
 * every adapter, so the name counts too.
 */
export function isSoftware(
  info: Pick<GPUAdapterInfo, "description" | "vendor" | "isFallbackAdapter">,
): boolean {
  const { description, isFallbackAdapter, vendor } = info;
  return isFallbackAdapter || softwareNames.test(`${vendor} ${description}`);
}

/** The adapter's name, for labels and errors. */
export function adapterName(
  { description, vendor }: Pick<GPUAdapterInfo, "description" | "vendor">,
): string {
  return description || vendor || "unnamed";
}

/** The error of a device that is opened where there is no adapter. */
export function noAdapter(): DeviceError {
  if (navigator.gpu === undefined) {
    return new DeviceError(describe({
      what: "webgpu",
      expected: "a program that runs with WebGPU",
      got: "none",
      help: helpFor({
        program: 'Run Deno with `--unstable-webgpu`, or use `device: "cpu"`.',
        cli: "Run Deno with `--unstable-webgpu`, or use `--device cpu`.",
        page:
          "Use a browser that has WebGPU, by HTTPS or on this machine, or " +
          '`device: "cpu"`.',
      }),
    }));
  }
  return new DeviceError(describe({
    what: "webgpu",
    expected: "a WebGPU adapter",
    got: "none",
    help: helpFor({
      program: "Install a Vulkan driver (Debian: `apt-get install " +
        `mesa-vulkan-drivers libvulkan1\`), or use ${
          optionText("device", "cpu")
        }.`,
      page: "Let the browser use the graphics card, in its settings, or use " +
        '`device: "cpu"`.',
    }),
  }));
}

/** The features that a device must have beside running kernels. */
interface Needs {
  /** Whether it keeps the times of kernels. */
  readonly isTimed: boolean;
  /** Whether it stores activations in f16. */
  readonly isHalf: boolean;
}

/**
 * A device of the adapter, with what is needed and as much memory as it gives.
 *
 * @throws {DeviceError} If the adapter lacks a feature, or gives no device.
 */
export async function requestDevice(
  adapter: GPUAdapter,
  { isHalf, isTimed }: Needs,
): Promise<GPUDevice> {
  const requiredFeatures = checkFeatures(adapter, { isHalf, isTimed });
  const { limits } = adapter;
  const requiredLimits = {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: Math.min(
      limits.maxStorageBuffersPerShaderStage,
      mostStorageBuffers,
    ),
    maxStorageTexturesPerShaderStage: Math.min(
      limits.maxStorageTexturesPerShaderStage,
      mostStorageTextures,
    ),
  };
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (error) {
    throw new DeviceError(describe({
      what: `webgpu: the adapter ${adapterName(adapter.info)} gives no device`,
      expected: "one with the limits that the adapter itself names",
      got: (error as Error).message,
      help: `Update the graphics driver, or use ${
        optionText("device", "cpu")
      }.`,
    }));
  }
  checkReporting(device);
  return device;
}

/**
 * The features that the needs take.
 *
 * @throws {DeviceError} If the adapter lacks one.
 */
export function checkFeatures(
  adapter: GPUAdapter,
  { isHalf, isTimed }: Needs,
): GPUFeatureName[] {
  const features: GPUFeatureName[] = [];
  if (isTimed) {
    checkFeature(adapter, "timestamp-query", "profile");
    features.push("timestamp-query");
  }
  if (isHalf) {
    checkFeature(adapter, "shader-f16", "precision", "f16");
    features.push("shader-f16");
  }
  return features;
}

/**
 * Refuses a device whose failures would go unnoticed.
 *
 * @throws {DeviceError} If its WebGPU reports no loss or no error.
 */
function checkReporting(device: GPUDevice): void {
  device.pushErrorScope("validation");
  const reports: Record<string, unknown> = {
    "device.lost": device.lost,
    "device.popErrorScope()": device.popErrorScope(),
  };
  const missing = Object.keys(reports).filter((name) =>
    !(reports[name] instanceof Promise)
  );
  if (missing.length === 0) return;
  device.destroy();
  const version = denoVersion();
  throw new DeviceError(describe({
    what: "webgpu",
    expected: version === null
      ? "one that reports lost devices and failed pipelines"
      : `Deno ${leastDeno} or later`,
    got: `${
      version === null ? "a WebGPU" : `Deno ${version}, whose WebGPU is`
    } without ${missing.join(" and ")}`,
    help: helpFor({
      program: `Run \`deno upgrade\`, or use ${optionText("device", "cpu")}.`,
      page: 'Update the browser, or use `device: "cpu"`.',
    }),
  }));
}

function checkFeature(
  { features, info }: GPUAdapter,
  feature: GPUFeatureName,
  option: string,
  value?: string,
): void {
  if (features.has(feature)) return;
  throw new DeviceError(describe({
    what: `webgpu: ${[option, value].join(" ").trim()}`,
    expected: `an adapter with the feature ${feature}`,
    got: `${adapterName(info)} without it`,
    help: `Leave out ${optionText(option, value)}.`,
  }));
}
