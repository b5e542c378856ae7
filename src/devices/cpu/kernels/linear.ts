import type { LinearShape } from "../../../../kernels/shapes.ts";
import type { Operand } from "../../device.ts";
import type { KernelsOf } from "../_call.ts";

/** The linear layer. */
export const linear: KernelsOf<
  | "linearBiasGradient"
  | "linearForward"
  | "linearInputGradient"
  | "linearWeightGradient"
> = (caller) => {
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
    linearInputGradient: (gradOutput, weight, gradX, shape) =>
      run("linearInputGradient", [gradOutput, weight, gradX], shape),
    linearWeightGradient: (gradOutput, x, gradWeight, shape) =>
      run("linearWeightGradient", [gradOutput, x, gradWeight], shape),
    linearBiasGradient(gradOutput, gradBias, { batch, outFeatures }) {
      const pointers = [gradOutput, gradBias].map(caller.pointer);
      caller.run("linearBiasGradient", [...pointers, batch, outFeatures], 0);
    },
  };
};
