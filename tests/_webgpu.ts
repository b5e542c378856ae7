import { type Permission, testWith, variable } from "./permissions.ts";
import { variants } from "../kernels/kernel.ts";
import { requestAdapter } from "../src/devices/webgpu/adapter.ts";
import { WebGpuDevice } from "../src/devices/webgpu/webgpu_device.ts";

/**
 * The WebGPU device of a test file, opened once, or null where there is no
 * adapter. Its recycled buffers are poisoned, and it reads all it can from
 * textures, unless an implementation is forced. The environment's
 * `MNIST_CNN_VARIANT` forces an implementation of kernels.
 */
export const webGpu: WebGpuDevice | null = await open();

/** Whether the adapter can store f16: one by OpenGL cannot. */
export const hasHalf: boolean =
  (await requestAdapter())?.features.has("shader-f16") ?? false;

/**
 * Registers a test that is ignored, visibly, where there is no adapter.
 *
 * @param ignore Whether this adapter cannot do it.
 * @param permissions What the test needs.
 */
export function webGpuTest(
  name: string,
  run: (device: WebGpuDevice) => void | Promise<void>,
  { ignore = false, permissions = [] }: {
    ignore?: boolean;
    permissions?: readonly Permission[];
  } = {},
): void {
  testWith(...permissions)({
    name,
    ignore: ignore || webGpu === null,
    fn: async () => await run(webGpu!),
  });
}

async function open(): Promise<WebGpuDevice | null> {
  const adapter = await requestAdapter();
  if (adapter !== null) {
    const wanted = variable("MNIST_CNN_VARIANT");
    const variant = variants.find((name) => name === wanted);
    if (wanted !== undefined && variant === undefined) {
      throw new TypeError(
        `MNIST_CNN_VARIANT: expected one of ${variants}, got ${wanted}`,
      );
    }
    return await WebGpuDevice.open({
      adapter,
      poison: true,
      variant,
      texelsFrom: variant === undefined ? 0 : undefined,
    });
  }
  console.warn(
    "No WebGPU adapter: tests on WebGPU are ignored. " +
      "Help: install a Vulkan driver (Debian: `apt-get install " +
      "mesa-vulkan-drivers libvulkan1`).",
  );
  return null;
}
