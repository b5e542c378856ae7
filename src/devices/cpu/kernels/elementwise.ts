import type { Operand } from "../../device.ts";
import { float, type KernelsOf } from "../_call.ts";

/** Arithmetic element by element. */
export const elementwise: KernelsOf<
  | "add"
  | "expand"
  | "mul"
  | "scale"
> = (caller) => {
  /** Calls a kernel whose arguments are operands and the last one's length. */
  const run = (kernel: string, ...operands: Operand[]) => {
    const { length } = operands[operands.length - 1].buffer;
    caller.run(kernel, [...operands.map(caller.pointer), length], length);
  };
  return {
    add: (left, right, output) => run("add", left, right, output),
    expand(scalar, output, factor) {
      const { length } = output.buffer;
      const from = caller.pointer(scalar);
      const words = [from, float(factor), caller.pointer(output), length];
      caller.run("expand", words, length);
    },
    mul: (left, right, output) => run("mul", left, right, output),
    scale: (x, factor, output) => run("scale", x, factor, output),
  };
};
