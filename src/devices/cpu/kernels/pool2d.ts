import type { Pool2dShape } from "../../../../kernels/lib/pool2d.ts";
import type { AvgPool2dShape } from "../../../../kernels/shapes.ts";
import type { Operand } from "../../device.ts";
import type { KernelsOf } from "../_call.ts";

/** Average pooling. */
export const pool2d: KernelsOf<
  | "avgPool2dForward"
  | "avgPool2dGradient"
> = (caller) => {
  const average = (
    kernel: string,
    operands: readonly Operand[],
    shape: AvgPool2dShape,
  ) => {
    const words = [
      ...operands.map(caller.pointer),
      shape.batch * shape.channels,
      ...windowWords(shape),
      shape.countIncludePad ? 1 : 0,
    ];
    caller.run(kernel, words, work(shape));
  };
  return {
    avgPool2dForward: (x, output, shape) =>
      average("avgPool2dForward", [x, output], shape),
    avgPool2dGradient: (gradOutput, gradX, shape) =>
      average("avgPool2dGradient", [gradOutput, gradX], shape),
  };
};

/** The window as the arguments have it, without its dilation. */
function windowWords(shape: Pool2dShape): number[] {
  return [
    shape.inHeight,
    shape.inWidth,
    shape.outHeight,
    shape.outWidth,
    shape.kernelHeight,
    shape.kernelWidth,
    shape.strideHeight,
    shape.strideWidth,
    shape.paddingHeight,
    shape.paddingWidth,
  ];
}

/** Elements read or written. */
function work(shape: Pool2dShape): number {
  const { batch, channels, inHeight, inWidth } = shape;
  return batch * channels * inHeight * inWidth;
}
