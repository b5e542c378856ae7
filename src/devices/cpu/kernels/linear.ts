import type { LinearShape } from "../../../../kernels/shapes.ts";
import type { Operand } from "../../device.ts";
import type { KernelsOf } from "../_call.ts";

/** The linear layer. */
export const linear: KernelsOf<"linearForward" | "linearGradient"> = (
  caller,
) => {
  const run = (
    kernel: string,
    operands: readonly (Operand | null)[],
    { batch, inFeatures, outFeatures }: LinearShape,
  ) => {
    const sizes = [batch, inFeatures, outFeatures];
    const words = [...operands.map(caller.pointer), ...sizes];
    const products = batch * inFeatures * outFeatures;
    caller.run(kernel, words, products, 2 * products);
  };
  return {
    linearForward: (x, weight, bias, output, shape) =>
      run("linearForward", [x, weight, bias, output], shape),
    linearGradient(gradOutput, x, weight, gradX, gradWeight, gradBias, shape) {
      if (gradX) run("linearInputGradient", [gradOutput, weight, gradX], shape);
      if (gradWeight) {
        run("linearWeightGradient", [gradOutput, x, gradWeight], shape);
      }
      if (gradBias) {
        const pointers = [gradOutput, gradBias].map(caller.pointer);
        const sizes = [shape.batch, shape.outFeatures];
        caller.run("linearBiasGradient", [...pointers, ...sizes], 0);
      }
    },
  };
};
