import type { Variant } from "../../kernels/kernel.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { tamperedAdapter } from "../devices/webgpu/_adapter.ts";
import { kernelCases } from "./cases.ts";
import { KernelHarness } from "./cases/_harness.ts";

/** A pipeline as WebGPU is asked for it. */
export interface AskedPipeline {
  /** The name of its kernel. */
  readonly label: string;
  /** The index of its source in {@linkcode AskedPipelines.sources}. */
  readonly source: number;
  readonly entryPoint: string;
  readonly constants: Readonly<Record<string, number>>;
  /** The entries of its only group. */
  readonly entries: readonly GPUBindGroupLayoutEntry[];
}

/** Pipelines, each once, and what they are made of. */
export interface AskedPipelines {
  readonly sources: readonly string[];
  readonly pipelines: readonly AskedPipeline[];
}

/**
 * All pipelines that the cases of the kernels ask for where every limit is the
 * least that WebGPU promises. None is compiled, and nothing runs.
 *
 * @param software Whether the adapter is a processor: then uniforms are storage.
 */
export async function askedPipelines(
  variant: Variant,
  software: boolean,
): Promise<AskedPipelines> {
  const recorder = new Recorder();
  const adapter = await tamperedAdapter({
    limits: defaults,
    onDevice: (device) => recorder.listen(device),
  });
  using device = await WebGpuDevice.open({ adapter, variant, software });
  recorder.start();
  for (const { run } of kernelCases) run(new Rehearsal(device));
  return recorder.found;
}

/** https://www.w3.org/TR/webgpu/#limits, those that the library looks at. */
const defaults = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxStorageBuffersPerShaderStage: 8,
};

/** A harness that calls kernels, and expects nothing of them. */
class Rehearsal extends KernelHarness {
  override check: KernelHarness["check"] = (kernel, operands, params) => {
    const silent = Object.create(kernel, { reference: { value() {} } });
    super.check(silent, operands, params, {});
  };
}

/** Notes what a device is asked for, in place of doing it. */
class Recorder {
  readonly #found = new Map<string, AskedPipeline>();
  readonly #sources: string[] = [];
  /** What was made, and of what. */
  readonly #code = new WeakMap<object, string>();
  readonly #entries = new WeakMap<object, readonly GPUBindGroupLayoutEntry[]>();
  #device: GPUDevice | null = null;

  get found(): AskedPipelines {
    return { sources: this.#sources, pipelines: [...this.#found.values()] };
  }

  /** Remembers what layouts and modules are made of. */
  listen(device: GPUDevice): void {
    this.#device = device;
    const module = device.createShaderModule.bind(device);
    const group = device.createBindGroupLayout.bind(device);
    const layout = device.createPipelineLayout.bind(device);
    Object.assign(device, {
      createShaderModule: (asked: GPUShaderModuleDescriptor) =>
        this.#remember(this.#code, module(asked), asked.code),
      createBindGroupLayout: (asked: GPUBindGroupLayoutDescriptor) =>
        this.#remember(this.#entries, group(asked), [...asked.entries]),
      createPipelineLayout: (asked: GPUPipelineLayoutDescriptor) =>
        this.#remember(
          this.#entries,
          layout(asked),
          this.#entries.get([...asked.bindGroupLayouts][0]!)!,
        ),
    });
  }

  /** From now on pipelines are noted, and nothing is sent to the GPU. */
  start(): void {
    const device = this.#device!;
    Object.assign(device, {
      createComputePipeline: (asked: GPUComputePipelineDescriptor) =>
        this.#note(asked),
      createBindGroup: () => anything,
      createCommandEncoder: () => anything,
    });
    Object.assign(device.queue, { submit() {}, writeBuffer() {} });
  }

  #remember<T>(facts: WeakMap<object, T>, made: object, fact: T): object {
    facts.set(made, fact);
    return made;
  }

  #note({ compute, label = "", layout }: GPUComputePipelineDescriptor) {
    const { constants = {}, entryPoint = "" } = compute;
    const code = this.#code.get(compute.module)!;
    if (!this.#sources.includes(code)) this.#sources.push(code);
    const source = this.#sources.indexOf(code);
    const entries = this.#entries.get(layout as GPUPipelineLayout)!;
    const asked = { source, entryPoint, constants, entries };
    this.#found.set(JSON.stringify(asked), { label, ...asked });
    return anything;
  }
}

/** An object with every method, each of which returns it. */
// deno-lint-ignore no-explicit-any
const anything: any = new Proxy(function () {}, {
  get: (_, key) => key === "then" ? undefined : anything,
  apply: () => anything,
});
