import { describe, DeviceError } from "../../base/errors.ts";
import { convBlockBindings } from "./kernels/conv_block.ts";

/** The platform's preferred adapter, or null where there is none. */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  return await navigator.gpu?.requestAdapter({
    powerPreference: "high-performance",
  }) ?? null;
}

/** The error of a device that is opened where there is no adapter. */
export function noAdapter(): DeviceError {
  return new DeviceError(describe({
    what: "webgpu",
    expected: "a WebGPU adapter",
    got: "none",
    help: "Install a Vulkan driver (Debian: `apt-get install " +
      "mesa-vulkan-drivers libvulkan1`), or use `--device cpu`.",
  }));
}

/** What a device must be able to do beside running kernels. */
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
  const requiredFeatures: GPUFeatureName[] = [];
  if (isTimed) {
    checkFeature(adapter, "timestamp-query", "--profile");
    requiredFeatures.push("timestamp-query");
  }
  if (isHalf) {
    checkFeature(adapter, "shader-f16", "--precision f16");
    requiredFeatures.push("shader-f16");
  }
  const { limits } = adapter;
  const requiredLimits = {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: Math.min(
      limits.maxStorageBuffersPerShaderStage,
      convBlockBindings,
    ),
  };
  try {
    return await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (error) {
    throw new DeviceError(describe({
      what: `webgpu: the adapter ${adapter.info.description} gives no device`,
      expected: "one with the limits that the adapter itself names",
      got: (error as Error).message,
      help: "Update the graphics driver, or use `--device cpu`.",
    }));
  }
}

function checkFeature(
  { features, info }: GPUAdapter,
  feature: GPUFeatureName,
  option: string,
): void {
  if (features.has(feature)) return;
  throw new DeviceError(describe({
    what: `webgpu: ${option.slice(2)}`,
    expected: `an adapter with the feature ${feature}`,
    got: `${info.description} without it`,
    help: `Leave out ${option}.`,
  }));
}
