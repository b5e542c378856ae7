import { helpFor } from "../../base/help.ts";
import { describe, DeviceError } from "../../base/errors.ts";
import type { Stored } from "../pool.ts";
import type {
  Binding,
  BindingAccess,
  WgslModule,
} from "../../../kernels/wgsl.ts";
import { sourceOf } from "../../../kernels/wgsl.ts";
import { ShaderStage } from "./_flags.ts";
import { type TexelRead, withTexelReads } from "./_texel_reads.ts";

/** A compiled kernel. */
export interface Pipeline {
  /** Distinguishes pipelines in the keys of bind groups. */
  readonly identity: number;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** The `@binding` of each resource: those of texel reads come last. */
  readonly slots: readonly number[];
}

const bindingTypes: Record<BindingAccess, Partial<GPUBindGroupLayoutEntry>> = {
  read: { buffer: { type: "read-only-storage" } },
  write: { buffer: { type: "storage" } },
  uniform: { buffer: { type: "uniform" } },
  readTexture: {
    storageTexture: { access: "read-only", format: "rgba32float" },
  },
  writeTexture: {
    storageTexture: { access: "write-only", format: "rgba32float" },
  },
};

/** All that decides a pipeline. */
export interface PipelineSource {
  /** The name in errors. */
  readonly label: string;
  readonly module: WgslModule;
  readonly entryPoint: string;
  readonly bindings: readonly Binding[];
  /** What is read from textures: see {@linkcode texelReadOf}. */
  readonly texelReads: readonly TexelRead[];
  /** The module's `override` constants, without members of uniforms. */
  readonly constants: Readonly<Record<string, number>>;
}

/**
 * Compiles entry points, once for each set of constants and element types.
 */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #fail: (error: DeviceError) => void;
  /**
   * How many buffers a pipeline may have for its uniforms to be bound as storage;
   * 0 where they stay uniforms. Mesa's lavapipe (22.3) loses some 20 kB for each
   * dispatch with a uniform buffer and takes twice the time; when none in use does
   * any more, this may go.
   */
  readonly #mostAsStorage: number;
  /** A number for each source: two of them may have one name. */
  readonly #sources = new Map<string, number>();
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Pipeline>();
  #checks: Promise<void>[] = [];

  /** @param isSoftware Whether the adapter is a processor. */
  constructor(
    device: GPUDevice,
    isSoftware: boolean,
    fail: (error: DeviceError) => void,
  ) {
    this.#device = device;
    this.#mostAsStorage = isSoftware
      ? device.limits.maxStorageBuffersPerShaderStage
      : 0;
    this.#fail = fail;
  }

  /**
   * @param f16Elements The names of element types that are f16 here: see
   * {@linkcode f16ElementsOf}.
   */
  get(source: PipelineSource, f16Elements: readonly string[]): Pipeline {
    const { constants, entryPoint, module, texelReads } = source;
    const key = `${this.#numberOf(module)}:${entryPoint}:${f16Elements}:${
      namesOf(texelReads)
    }:${Object.entries(constants).join()}`;
    const known = this.#pipelines.get(key);
    if (known !== undefined) return known;
    const made = this.#create(source, typesOf(module, f16Elements));
    this.#pipelines.set(key, made);
    return made;
  }

  /** Pipelines made so far. */
  get count(): number {
    return this.#pipelines.size;
  }

  /** Resolves when every pipeline made so far is known to be good or bad. */
  async checked(): Promise<void> {
    const checks = this.#checks;
    this.#checks = [];
    await Promise.all(checks);
  }

  #create(source: PipelineSource, types: string): Pipeline {
    const { bindings, constants, entryPoint, label, texelReads } = source;
    const device = this.#device;
    device.pushErrorScope("validation");
    const buffers = bindings.filter(({ access }) =>
      !access.endsWith("Texture")
    );
    const asStorage = buffers.length <= this.#mostAsStorage;
    const module = this.#module(source, types, asStorage);
    const layout = this.#layout(source, asStorage);
    const pipeline = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint, constants },
    });
    this.#checks.push(
      device.popErrorScope().then(async (error) => {
        if (error === null) return;
        this.#fail(await compileError(source, module, error.message));
      }),
    );
    const slots = [...bindings, ...texelReads].map(({ index }) => index);
    return { identity: this.#pipelines.size, pipeline, layout, slots };
  }

  #numberOf({ code }: WgslModule): number {
    const known = this.#sources.get(code);
    if (known !== undefined) return known;
    const number = this.#sources.size;
    this.#sources.set(code, number);
    return number;
  }

  #module(
    { module: source, texelReads }: PipelineSource,
    types: string,
    asStorage: boolean,
  ): GPUShaderModule {
    const { code, file } = source;
    const key = `${types}${this.#numberOf(source)}${asStorage}${
      namesOf(texelReads)
    }`;
    let module = this.#modules.get(key);
    if (module === undefined) {
      // In the source's first line, so that errors name the lines of the file.
      const whole = texelReads.length === 0
        ? types + code
        : withTexelReads(types + code, texelReads);
      module = this.#device.createShaderModule({
        label: file,
        code: asStorage
          ? whole.replaceAll("var<uniform>", "var<storage, read>")
          : whole,
      });
      this.#modules.set(key, module);
    }
    return module;
  }

  #layout(
    { bindings, texelReads }: PipelineSource,
    asStorage: boolean,
  ): GPUBindGroupLayout {
    const key = [
      ...bindings.map(({ access, index }) => index + access),
      ...texelReads.map(({ format, index }) => index + format),
      asStorage,
    ].join();
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      layout = this.#device.createBindGroupLayout({
        entries: [
          ...bindings.map(({ access, index }) => ({
            binding: index,
            visibility: ShaderStage.COMPUTE,
            ...bindingTypes[
              access === "uniform" && asStorage ? "read" : access
            ],
          })),
          ...texelReads.map(({ format, index }) => ({
            binding: index,
            visibility: ShaderStage.COMPUTE,
            storageTexture: { access: "read-only", format } as const,
          })),
        ],
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}

function namesOf(reads: readonly TexelRead[]): string {
  return reads.map(({ name }) => name).join();
}

/**
 * The element types that are stored in f16: those of which every binding of
 * this entry point is.
 *
 * @param stored How each bound buffer is stored, null for anything else.
 */
export function f16ElementsOf(
  module: WgslModule,
  bindings: readonly Binding[],
  stored: readonly (Stored | null)[],
): string[] {
  return module.elements.filter((name) => {
    const own = stored.filter((_, at) => bindings[at].element === name);
    return own.length > 0 && own.every((one) => one === "f16");
  });
}

/** WGSL that names the element types of a module. */
function typesOf(
  { elements }: WgslModule,
  f16Elements: readonly string[],
): string {
  const aliases = elements.map((name) =>
    `alias ${name} = ${f16Elements.includes(name) ? "f16" : "f32"}; `
  ).join("");
  return f16Elements.length > 0 ? `enable f16; ${aliases}` : aliases;
}

/** Names kernel, line and column, and shows the line of the source. */
async function compileError(
  { label, module: { code, file }, module: source }: PipelineSource,
  module: GPUShaderModule,
  message: string,
): Promise<DeviceError> {
  const { messages } = await module.getCompilationInfo();
  const found = messages.find(({ type }) => type === "error");
  if (found === undefined) {
    return new DeviceError(describe({
      what: `webgpu: pipeline of kernel ${label} (${file})`,
      got: message,
      help: "Report this with the adapter's name.",
    }));
  }
  const line = code.split("\n")[found.lineNum - 1] ?? "";
  const at = sourceOf(source, found.lineNum);
  const [reason] = found.message.trim().split(/\n/).slice(-1);
  const text = found.message.trim().split("\n")[0] ?? reason;
  return new DeviceError(describe({
    what: `webgpu: kernel ${label} does not compile at ` +
      `${at.file}:${at.line}:${found.linePos}: ${text}: ` +
      `"${line.trim()}"`,
    help: helpFor({
      program:
        "Mend the line; those of the library's own kernels are written " +
        "anew by `deno task kernels`.",
      page: "Mend the line.",
    }),
  }));
}
