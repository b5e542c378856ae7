import type {
  ArraysOf,
  CpuTraits,
  Kernel,
  KernelCost,
  Operand,
  OperandsOf,
  Signature,
  ThreadMemory,
  WasmCall,
} from "../../../kernels/kernel.ts";
import { bytesOf } from "../pool.ts";
import { resolvedOperands, runSteps, type ScratchMemory } from "../steps.ts";
import type { CpuBuffer } from "./_buffer.ts";
import type { CpuMemory } from "./_memory.ts";
import type { KernelCall } from "./_program.ts";

/** The parts of a device that kernels need. */
export interface KernelRunnerOptions {
  /** The functions of the module, each at its index in the table. */
  readonly functions: readonly string[];
  readonly threads: number;
  /** Whether every kernel runs its reference. */
  readonly usesReference: boolean;
  /** Operations from which on work is split between the threads. */
  readonly splitFrom: number;
  /** Multiplications that are worth an algorithm that rounds more. */
  readonly roundMoreFrom: number;
  readonly memory: CpuMemory;
  readonly scratch: ScratchMemory;
  /** Whether a program is being recorded. */
  readonly isRecording: () => boolean;
  /** The operand's buffer; throws if it is another device's. */
  readonly bufferOf: (operand: Operand) => CpuBuffer;
  /** Takes each call, in order. */
  readonly start: (call: KernelCall) => void;
}

/** Turns kernels into calls: of WebAssembly functions or of references. */
export class KernelRunner {
  readonly #options: KernelRunnerOptions;
  readonly #traits: CpuTraits;
  readonly #indexOf: ReadonlyMap<string, number>;
  #threadMemory: ThreadMemory = { pointer: 0, stride: 0 };

  constructor(options: KernelRunnerOptions) {
    this.#options = options;
    this.#indexOf = new Map(
      options.functions.map((name, index) => [name, index]),
    );
    this.#traits = this.#traitsOf(options);
  }

  /** Starts the calls of a kernel on operands of the device. */
  run<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: OperandsOf<S>,
    params: P,
  ): void {
    const steps =
      (this.#options.usesReference
        ? null
        : kernel.wasm?.(operands, params, this.#traits)) ??
        kernel.compose?.(operands, params);
    if (steps === undefined) {
      return this.#runReference(kernel, operands, params);
    }
    const cost = steps.length === 1 ? kernel.cost?.(params) : undefined;
    runSteps(this.#options.scratch, steps, (step, resolve) => {
      if (step.kind === "wasm") {
        const words = step.words.map((word) => resolve(word));
        return this.#runWasm(kernel.name, { ...step, words }, cost);
      }
      this.run(
        step.kernel,
        resolvedOperands(step, resolve),
        step.params,
      );
    });
  }

  #runReference<S extends Signature, P>(
    kernel: Kernel<S, P>,
    operands: OperandsOf<S>,
    params: P,
  ): void {
    let bytes = 0;
    const arrays = Object.fromEntries(
      Object.entries<Operand | null>(operands).map(([name, operand]) => {
        if (operand === null) return [name, null];
        const { data } = this.#options.bufferOf(operand);
        bytes += data.byteLength;
        return [name, data];
      }),
    ) as ArraysOf<S>;
    this.#options.start({
      name: kernel.name,
      run: () => kernel.reference(arrays, params),
      operations: 0,
      bytes,
      ...kernel.cost?.(params),
    });
  }

  #runWasm(name: string, call: WasmCall, cost?: Partial<KernelCost>): void {
    const index = this.#indexOf.get(call.function);
    if (index === undefined) {
      throw new TypeError(`no CPU kernel ${call.function}`);
    }
    let bytes = 0;
    const words = call.words.map((word) => {
      if (word === null) return 0;
      if (typeof word === "number") return word;
      const { dtype, length, pointer } = this.#options.bufferOf(word);
      bytes += length * bytesOf[dtype];
      return pointer;
    });
    this.#options.start({
      name: call.label ?? name,
      kernel: index,
      parts: this.#traits.parts(call.work),
      words,
      operations: 0,
      bytes,
      ...cost,
      ...call.cost,
    });
  }

  /** The traits that implementations of kernels may depend on. */
  #traitsOf(
    { isRecording, memory, roundMoreFrom, splitFrom, threads }:
      KernelRunnerOptions,
  ): CpuTraits {
    return {
      threads,
      get recording() {
        return isRecording();
      },
      parts: (work) => work === 0 || work < splitFrom ? 1 : threads,
      mayRoundMore: (multiplications) => multiplications >= roundMoreFrom,
      threadMemory: (bytes) => {
        if (bytes <= this.#threadMemory.stride) return this.#threadMemory;
        // Programs that were recorded before keep what they had.
        const stride = Math.ceil(bytes / 64) * 64;
        const pointer = memory.allocate(stride * threads);
        return this.#threadMemory = { pointer, stride };
      },
    };
  }
}
