import { requestAdapter } from "../../../src/devices/webgpu/adapter.ts";

/** A real adapter in the hands of a test. */
export interface AdapterOptions {
  /** Changes the source of every shader, as a broken driver would. */
  shader?: (source: string) => string;
  /** What the adapter says of its limits, if it lies. */
  limits?: Partial<Record<keyof GPUSupportedLimits, number>>;
  /** Its features, if it hides some. */
  features?: readonly GPUFeatureName[];
  /** Is told of the device that was made. */
  onDevice?: (device: GPUDevice) => void;
}

/** A real adapter that behaves as the options say. */
export async function tamperedAdapter(
  options: AdapterOptions,
): Promise<GPUAdapter> {
  const { limits = {}, onDevice, shader } = options;
  const adapter = (await requestAdapter())!;
  const { features = adapter.features } = options;
  return overlay(adapter, {
    features: new Set(features),
    limits: overlay(adapter.limits, limits),
    requestDevice: async (descriptor?: GPUDeviceDescriptor) => {
      const device = await adapter.requestDevice(descriptor);
      onDevice?.(device);
      if (shader !== undefined) tamperWithShaders(device, shader);
      return device;
    },
  });
}

function tamperWithShaders(
  device: GPUDevice,
  shader: (source: string) => string,
): void {
  const create = device.createShaderModule.bind(device);
  device.createShaderModule = ({ code, ...rest }) =>
    create({ code: shader(code), ...rest });
}

/** An object whose named properties are others. */
function overlay<T extends object>(target: T, others: object): T {
  return new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(key in others ? others : target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
