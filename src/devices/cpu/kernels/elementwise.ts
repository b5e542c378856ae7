import type { Operand } from "../../device.ts";
import { float, type KernelsOf } from "../_call.ts";

/** Arithmetic element by element. */
export const elementwise: KernelsOf<
  | "accumulate"
  | "add"
  | "advance"
  | "copy"
  | "expand"
  | "fill"
  | "mul"
  | "scale"
> = (caller) => {
  /** Calls a kernel whose arguments are operands and the last one's length. */
  const run = (kernel: string, ...operands: Operand[]) => {
    const { length } = operands[operands.length - 1].buffer;
    caller.run(kernel, [...operands.map(caller.pointer), length], length);
  };
  return {
    accumulate: (source, destination) => run("accumulate", source, destination),
    add: (left, right, output) => run("add", left, right, output),
    advance(counter, amount) {
      caller.run("advance", [caller.pointer(counter), amount], 0);
    },
    copy(source, output) {
      const { dtype, length } = output.buffer;
      const bytes = dtype === "u8" ? length : length * 4;
      const words = [caller.pointer(source), caller.pointer(output), bytes];
      caller.run("copy", words, length);
    },
    expand(scalar, output, factor) {
      const { length } = output.buffer;
      const from = caller.pointer(scalar);
      const words = [from, float(factor), caller.pointer(output), length];
      caller.run("expand", words, length);
    },
    fill(output, value) {
      const { dtype, length } = output.buffer;
      const word = dtype === "f32" ? float(value) : value;
      caller.run("fill", [caller.pointer(output), word, length], length);
    },
    mul: (left, right, output) => run("mul", left, right, output),
    scale: (x, factor, output) => run("scale", x, factor, output),
  };
};
