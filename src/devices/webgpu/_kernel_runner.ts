import { optionText } from "../../base/help.ts";
import { castElements } from "../../../kernels/cast/cast.ts";
import {
  type AdapterTraits,
  type Dispatch,
  iterationLimit,
  type Kernel,
  type KernelCost,
  type Operand,
  type OperandsOf,
  type Precision,
  type Signature,
  Texture,
  workgroupLimit,
} from "../../../kernels/kernel.ts";
import type { Binding } from "../../../kernels/wgsl.ts";
import { describe, DeviceError } from "../../base/errors.ts";
import type { DeviceCounters } from "../device.ts";
import { resolvedOperands, runSteps, type ScratchMemory } from "../steps.ts";
import { BindGroups, type Bound } from "./_bind_groups.ts";
import { WebGpuBuffer } from "./_buffer.ts";
import type { Implementations } from "./_implementations.ts";
import type { Memory } from "./_memory.ts";
import { f16ElementsOf, PipelineCache } from "./_pipelines.ts";
import type { Command } from "./_queue.ts";
import { TexelCopies } from "./_texel_copies.ts";
import { Textures, type WebGpuTexture } from "./_textures.ts";
import type { Choice } from "./_tuning.ts";
import { Uniforms } from "./_uniforms.ts";

/** The parts of a device that kernels need. */
export interface KernelRunnerOptions extends Implementations {
  readonly gpu: GPUDevice;
  /** The device's, for errors. */
  readonly label: string;
  readonly isSoftware: boolean;
  /** Elements from which a buffer is read from a texture. */
  readonly texelsFrom: number;
  readonly precision: Precision;
  readonly counters: DeviceCounters;
  readonly memory: Memory;
  readonly scratch: ScratchMemory;
  /** Takes each command, in order, and whether its pipeline is new. */
  readonly emit: (command: Command, isNew: boolean) => void;
  /** Is told of a pipeline that the device refuses. */
  readonly fail: (error: DeviceError) => void;
}

/** Turns kernels into commands: chooses implementations, binds operands. */
export class KernelRunner {
  /**
   * Copies of buffers: to be told where one is written otherwise than by a kernel,
   * or a program begins.
   */
  readonly copies: TexelCopies;
  /** The chosen implementations by the names of their kernels. */
  choice: Choice = new Map();
  /** Is told once of each implementation that runs, in a sentence. */
  onVariant: ((sentence: string) => void) | null = null;
  readonly #options: KernelRunnerOptions;
  readonly #pipelines: PipelineCache;
  readonly #bindGroups: BindGroups;
  readonly #textures: Textures;
  readonly #uniforms: Uniforms;
  readonly #traits: AdapterTraits;
  readonly #told = new Set<string>();

  constructor(options: KernelRunnerOptions) {
    const { counters, gpu, isSoftware, precision } = options;
    this.#options = options;
    this.#pipelines = new PipelineCache(gpu, isSoftware, options.fail);
    this.#bindGroups = new BindGroups(gpu, counters);
    this.#textures = new Textures(gpu, counters);
    this.copies = new TexelCopies(
      this.#textures,
      options.texelsFrom,
      gpu.limits.maxStorageTexturesPerShaderStage,
    );
    this.#uniforms = new Uniforms(options.memory);
    this.#traits = {
      isSoftware,
      precision,
      storageBuffers: gpu.limits.maxStorageBuffersPerShaderStage,
      textureTexels: this.#textures.limit,
      implementationOf: (kernel, operands, params) =>
        this.#implementation(kernel, operands, params)?.variant ?? null,
    };
  }

  /** Resolves when every pipeline made so far is known to be good or bad. */
  async checked(): Promise<void> {
    await this.#pipelines.checked();
  }

  /** Emits the commands of a kernel on operands of the device. */
  run<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: OperandsOf<S>,
    params: P,
  ): void {
    const implementation = this.#implementation(kernel, operands, params);
    const steps = implementation?.steps ?? kernel.compose?.(operands, params);
    if (!steps) throw this.#notImplemented(kernel.name);
    const cost = steps.length === 1 ? kernel.cost?.(params) : undefined;
    runSteps(this.#options.scratch, steps, (step, resolve) => {
      if (step.kind === "kernel") {
        const operands = resolvedOperands(step, resolve);
        return this.run(step.kernel, operands, step.params);
      }
      const bind = Object.fromEntries(
        Object.entries(step.bind).map(([name, one]) => [name, resolve(one)]),
      );
      this.#dispatch({ ...step, bind }, kernel.name, cost);
    });
  }

  /** The implementation that runs a kernel; null where none does. */
  #implementation<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: OperandsOf<S>,
    params: P,
  ) {
    const { name, webgpu } = kernel;
    if (!webgpu) return null;
    const preferred = this.choice.get(name) ?? this.#options.variant;
    if (typeof webgpu === "function") {
      const own = preferred === "llvmpipe"
        ? this.#options.llvmpipe.get(name)?.(operands, params, this.#traits)
        : null;
      const steps = own ?? webgpu(operands, params, this.#traits);
      return steps && { variant: null, steps };
    }
    for (const variant of [preferred, "tiled", "direct"] as const) {
      const own = webgpu[variant] ??
        (variant === "llvmpipe" ? this.#options.llvmpipe.get(name) : undefined);
      const steps = own?.(operands, params, this.#traits);
      if (!steps) continue;
      this.#tell(`${name}: ${variant}`);
      return { variant, steps };
    }
    return null;
  }

  /** Runs one dispatch on operands of which none is a scratch buffer. */
  #dispatch(
    dispatch: Dispatch,
    name: string,
    cost?: Partial<KernelCost>,
  ): void {
    const { entryPoint: { bindings, module }, label = name } = dispatch;
    this.#checkIterations(dispatch, label);
    this.#checkWorkgroups(dispatch, label);
    const bound = bindings.map((binding) => this.#bound(dispatch, binding));
    const [values, texture] = bound as [WebGpuBuffer, WebGpuTexture];
    if (dispatch.keeps && this.copies.has(texture, values)) return;
    const f16Elements = f16ElementsOf(
      module,
      bindings,
      bound.map((one) => one instanceof WebGpuBuffer ? one.stored : null),
    );
    // Bindings that know only f32 get a copy of what is stored in f16, and what
    // they wrote is copied back.
    const copies = bindings.map(({ element }, at) => {
      const own = bound[at];
      if (!(own instanceof WebGpuBuffer) || own.stored !== "f16") return null;
      if (element !== undefined && f16Elements.includes(element)) return null;
      const copy = {
        buffer: this.#options.scratch.allocate("f32", own.length),
      };
      this.run(castElements, { x: { buffer: own }, output: copy }, undefined);
      return copy;
    });
    const given = bound.map((one, at) => {
      const copy = copies[at];
      return copy ? this.#options.memory.own(copy) : one;
    });
    const texels = this.copies.of(module, bindings, given);
    const { count } = this.#pipelines;
    const pipeline = this.#pipelines.get({
      label,
      module,
      entryPoint: dispatch.entryPoint.name,
      bindings,
      texelReads: texels.map(({ read }) => read),
      constants: constantsOf(dispatch),
    }, f16Elements);
    const [x, y, z] = dispatch.workgroups;
    const command: Command = {
      pipeline: pipeline.pipeline,
      bindGroup: this.#bindGroups.get(pipeline, [
        ...given,
        ...texels.map(({ texture }) => texture),
      ]),
      copies: texels.flatMap(({ copies }) => copies),
      name: label,
      operations: 0,
      bytes: given.reduce((sum, { byteLength }) => sum + byteLength, 0),
      ...cost,
      ...dispatch.cost,
      x,
      y,
      z,
    };
    this.#options.emit(command, this.#pipelines.count > count);
    this.copies.written(
      given.filter((_, at) => bindings[at].access === "write"),
    );
    copies.forEach((copy, at) => {
      if (!copy) return;
      const buffer = bound[at] as WebGpuBuffer;
      if (bindings[at].access === "write") {
        this.run(castElements, { x: copy, output: { buffer } }, undefined);
      }
      this.#options.scratch.release(copy.buffer);
    });
  }

  /** The buffer, texture or uniform of a binding. */
  #bound({ bind, constants }: Dispatch, binding: Binding): Bound {
    const { access, name } = binding;
    if (access === "uniform") return this.#uniforms.get(binding, constants);
    const bound: Operand | Texture = bind[name];
    return bound instanceof Texture
      ? this.#textures.get(bound.name, bound.texels)
      : this.#options.memory.own(bound);
  }

  #notImplemented(name: string): DeviceError {
    return new DeviceError(describe({
      what: `webgpu: kernel ${name}`,
      expected: `an implementation that runs on ${this.#options.label}`,
      got: "none",
      help: `Give the kernel \`webgpu\`, or use ${
        optionText("device", "cpu")
      }.`,
    }));
  }

  /** Refuses what a processor's driver would leave half done. */
  #checkIterations({ iterations = 0 }: Dispatch, label: string): void {
    if (!this.#options.isSoftware || iterations <= iterationLimit) return;
    throw new DeviceError(describe({
      what: `webgpu: ${label} on so long an input`,
      expected:
        `at most ${iterationLimit} iterations of its loops, more than ` +
        `which ${this.#options.label} leaves undone`,
      got: String(iterations),
      help: `Use a smaller batch, or ${optionText("device", "cpu")}.`,
    }));
  }

  /** Refuses what would cost the device. */
  #checkWorkgroups({ workgroups }: Dispatch, label: string): void {
    const most = Math.max(...workgroups);
    if (most <= workgroupLimit) return;
    throw new DeviceError(describe({
      what: `webgpu: ${label} on so long an input`,
      expected: `at most ${workgroupLimit} workgroups along an axis`,
      got: String(most),
      help: `Use a smaller batch, or ${optionText("device", "cpu")}.`,
    }));
  }

  #tell(sentence: string): void {
    if (this.onVariant === null || this.#told.has(sentence)) return;
    this.#told.add(sentence);
    this.onVariant(sentence);
  }
}

/** Values of the `override` constants alone. */
function constantsOf(
  { constants, entryPoint: { bindings } }: Dispatch,
): Record<string, number> {
  const own = { ...constants };
  for (const { members = [] } of bindings) {
    for (const { name } of members) delete own[name];
  }
  return own;
}
