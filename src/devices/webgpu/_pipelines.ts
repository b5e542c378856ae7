import { describe, DeviceError } from "../../base/errors.ts";
import type { Stored } from "../pool.ts";
import type { Access, KernelRecord } from "./kernel_record.ts";

/** A compiled kernel. */
export interface Pipeline {
  /** Distinguishes pipelines in the keys of bind groups. */
  readonly identity: number;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const bindingTypes: Record<Access, Partial<GPUBindGroupLayoutEntry>> = {
  read: { buffer: { type: "read-only-storage" } },
  write: { buffer: { type: "storage" } },
  readTexture: {
    storageTexture: { access: "read-only", format: "rgba32float" },
  },
  writeTexture: {
    storageTexture: { access: "write-only", format: "rgba32float" },
  },
};

/**
 * Turns kernel records into pipelines, once for each source and set of
 * constants.
 */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #fail: (error: DeviceError) => void;
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Pipeline>();
  #checks: Promise<void>[] = [];

  constructor(device: GPUDevice, fail: (error: DeviceError) => void) {
    this.#device = device;
    this.#fail = fail;
  }

  /** @param types What {@linkcode typesOf} says of the operands. */
  get<Shape>(
    kernel: KernelRecord<Shape>,
    shape: Shape,
    types: string,
  ): Pipeline {
    const constants = kernel.constants(shape);
    const key = `${kernel.file}:${kernel.entryPoint}:${types}:${
      Object.entries(constants).join()
    }`;
    const known = this.#pipelines.get(key);
    if (known !== undefined) return known;
    const made = this.#create(kernel, constants, types);
    this.#pipelines.set(key, made);
    return made;
  }

  /** Resolves when every pipeline made so far is known to be good or bad. */
  async checked(): Promise<void> {
    const checks = this.#checks;
    this.#checks = [];
    await Promise.all(checks);
  }

  #create<Shape>(
    kernel: KernelRecord<Shape>,
    constants: Record<string, number>,
    types: string,
  ): Pipeline {
    const device = this.#device;
    device.pushErrorScope("validation");
    const module = this.#module(kernel, types);
    const layout = this.#layout(kernel.bindings);
    const pipeline = device.createComputePipeline({
      label: kernel.name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: kernel.entryPoint, constants },
    });
    this.#checks.push(
      device.popErrorScope().then(async (error) => {
        if (error === null) return;
        this.#fail(await compileError(kernel, module, error.message));
      }),
    );
    return { identity: this.#pipelines.size, pipeline, layout };
  }

  #module(
    { file, source }: { file: string; source: string },
    types: string,
  ): GPUShaderModule {
    const key = types + file;
    let module = this.#modules.get(key);
    if (module === undefined) {
      // In the source's first line, so that errors name the lines of the file.
      const code = types + source;
      module = this.#device.createShaderModule({ label: file, code });
      this.#modules.set(key, module);
    }
    return module;
  }

  #layout(bindings: readonly Access[]): GPUBindGroupLayout {
    const key = bindings.join();
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      layout = this.#device.createBindGroupLayout({
        entries: bindings.map((access, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          ...bindingTypes[access],
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}

/** WGSL that says how the elements are stored that a kernel may have in f16. */
export function typesOf<Shape>(
  { halves = {} }: KernelRecord<Shape>,
  stored: readonly (Stored | null)[],
): string {
  const aliases = Object.entries(halves).map(([name, binding]) => {
    const isHalf = binding !== null && stored[binding] === "f16";
    return `alias ${name} = ${isHalf ? "f16" : "f32"}; `;
  }).join("");
  return aliases.includes("f16") ? `enable f16; ${aliases}` : aliases;
}

/** Names kernel, line and column, and shows the line of the source. */
async function compileError(
  kernel: { name: string; file: string; source: string },
  module: GPUShaderModule,
  message: string,
): Promise<DeviceError> {
  const { messages } = await module.getCompilationInfo();
  const found = messages.find(({ type }) => type === "error");
  if (found === undefined) {
    return new DeviceError(describe({
      what: `webgpu: pipeline of kernel ${kernel.name} (${kernel.file})`,
      got: message,
      help: "Report this with the adapter's name: no kernel should be refused.",
    }));
  }
  const line = kernel.source.split("\n")[found.lineNum - 1] ?? "";
  const [reason] = found.message.trim().split(/\n/).slice(-1);
  const text = found.message.trim().split("\n")[0] ?? reason;
  return new DeviceError(describe({
    what: `webgpu: kernel ${kernel.name} does not compile at ` +
      `${kernel.file}:${found.lineNum}:${found.linePos}: ${text}: ` +
      `"${line.trim()}"`,
    help: "Mend the line and run `deno task kernels`.",
  }));
}
