import { record } from "../core/tape.ts";
import { Tensor } from "../core/tensor.ts";

/** `factor · Σ x`: what sum and mean have in common. */
export function total(x: Tensor, factor: number): Tensor<[number]> {
  const { kernels } = x.device;
  const output = Tensor.empty<[number]>(x.device, [1]);
  kernels.sum(x, output, factor);
  return record(output, [x], (gradOutput, [gradX]) => {
    if (gradX) kernels.expand(gradOutput, gradX, factor);
  });
}
