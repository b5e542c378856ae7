import { copy } from "../../kernels/copy/copy.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";

/** A copy in memory of its own; its gradient is that of `x`. */
export function clone<S extends Shape, D extends DType>(
  x: Tensor<S, D>,
): Tensor<S, D> {
  const { device } = x;
  const output = Tensor.empty<S, D>(device, x.shape, x.dtype);
  device.run(copy, { source: x, output });
  return record(output, [x], (gradOutput, [gradX]) => {
    device.run(copy, { source: gradOutput, output: gradX });
  });
}
