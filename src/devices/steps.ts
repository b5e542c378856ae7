import {
  type AnyKernelCall,
  Cache,
  type Dispatch,
  type Operand,
  Scratch,
  Texture,
  type WasmCall,
} from "../../kernels/kernel.ts";
import type { DeviceBuffer, DType, HostArray, Lifetime } from "./device.ts";

/** A step of an implementation of a kernel. */
export type Step = Dispatch | WasmCall | AnyKernelCall;

/** Where scratch buffers live. */
export interface ScratchMemory {
  /** Gives a buffer with arbitrary content. */
  allocate(dtype: DType, length: number, lifetime?: Lifetime): DeviceBuffer;
  /** Takes it back. */
  release(buffer: DeviceBuffer): void;
  /** Writes values to the start of a constant. */
  write(buffer: DeviceBuffer, values: HostArray): void;
}

/** The memory behind an operand, which may be a {@linkcode Scratch}. */
export type Resolve = <T>(operand: T) => T | Operand;

/**
 * Runs the steps of a kernel in order. A scratch buffer is allocated at its
 * first use and released after its last.
 */
export function runSteps<S extends Step>(
  memory: ScratchMemory,
  steps: readonly S[],
  run: (step: S, resolve: Resolve) => void,
): void {
  const lastUses = new Map<Scratch, number>();
  steps.forEach((step, index) => {
    for (const operand of operandsOf(step)) {
      if (operand instanceof Scratch) lastUses.set(operand, index);
    }
  });
  const buffers = new Map<Scratch, DeviceBuffer>();
  const resolve: Resolve = (operand) => {
    if (!(operand instanceof Scratch)) return operand;
    let buffer = buffers.get(operand);
    if (buffer === undefined) {
      const { buffer: { dtype, length }, isActivation } = operand;
      const isCache = operand instanceof Cache;
      const lifetime = isActivation ? "activation" : "pooled";
      buffer = memory.allocate(dtype, length, isCache ? "constant" : lifetime);
      if (isCache) memory.write(buffer, new Float32Array(length));
      buffers.set(operand, buffer);
    }
    return { buffer };
  };
  steps.forEach((step, index) => {
    run(step, resolve);
    for (const [scratch, last] of lastUses) {
      if (last !== index) continue;
      memory.release(buffers.get(scratch)!);
      lastUses.delete(scratch);
    }
  });
}

/** The operands of another kernel's call, with scratch buffers resolved. */
export function resolvedOperands(
  { operands }: AnyKernelCall,
  resolve: Resolve,
): Record<string, Operand | null> {
  return Object.fromEntries(
    Object.entries<Operand | null>(operands)
      .map(([name, operand]) => [name, resolve(operand)]),
  );
}

function operandsOf(step: Step): readonly unknown[] {
  switch (step.kind) {
    case "dispatch":
      return Object.values(step.bind).filter((one) =>
        !(one instanceof Texture)
      );
    case "kernel":
      return Object.values(step.operands);
    case "wasm":
      return step.words;
  }
}
