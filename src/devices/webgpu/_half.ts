import { castSource } from "../../../kernels/cast.gen.ts";
import { Between, type Scratch } from "../scratch.ts";
import type { Operand } from "../device.ts";
import { WebGpuBuffer } from "./_buffer.ts";
import { WebGpuTexture } from "./_textures.ts";
import type { KernelRecord, Run } from "./kernel_record.ts";
import { elements, elementwise } from "./kernels/_elementwise.ts";

const record = elementwise({
  name: "cast",
  source: castSource,
  file: "kernels/cast.wgsl",
  entryPoint: "castElements",
  bindings: ["read", "write"],
  halves: { From: 0, To: 1 },
});

/** Copies f32 elements to where they are stored in another way. */
export function cast(run: Run, from: Operand, to: Operand): void {
  run(record, elements(to), [from, to]);
}

/** Whether the elements are stored in f16. */
function isHalf(operand: Operand | WebGpuTexture): operand is Operand {
  return !(operand instanceof WebGpuTexture) &&
    operand.buffer instanceof WebGpuBuffer && operand.buffer.stored === "f16";
}

/**
 * Runs kernels on operands stored in f16, those too that know only f32: these
 * get a copy, and what they wrote is copied back.
 */
export function castingRun(run: Run, scratch: Scratch): Run {
  return (kernel, shape, operands) => {
    const taken = operands.map((operand, binding) =>
      isHalf(operand) && !takesHalf(kernel, binding)
        ? new Between(scratch, "f32", operand.buffer.length)
        : null
    );
    if (taken.every((copy) => copy === null)) {
      return run(kernel, shape, operands);
    }
    const given = operands.map((operand, binding) => {
      const copy = taken[binding];
      if (copy === null) return operand;
      cast(run, operand as Operand, copy);
      return copy;
    });
    run(kernel, shape, given);
    taken.forEach((copy, binding) => {
      if (copy === null) return;
      if (kernel.bindings[binding] === "write") {
        cast(run, copy, operands[binding] as Operand);
      }
      copy[Symbol.dispose]();
    });
  };
}

function takesHalf<Shape>(
  { halves = {} }: KernelRecord<Shape>,
  binding: number,
): boolean {
  return Object.values(halves).includes(binding);
}
