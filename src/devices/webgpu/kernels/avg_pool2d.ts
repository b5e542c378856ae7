import { avgPool2dSource } from "../../../../kernels/avg_pool2d.gen.ts";
import type { AvgPool2dShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

const forward = elementwise<AvgPool2dShape & Elements>({
  name: "avgPool2dForward",
  source: avgPool2dSource,
  file: "kernels/avg_pool2d.wgsl",
  entryPoint: "avgPool2dForward",
  bindings: ["read", "write"],
  constants,
});

const gradient = elementwise<AvgPool2dShape & Elements>({
  name: "avgPool2dGradient",
  source: avgPool2dSource,
  file: "kernels/avg_pool2d.wgsl",
  entryPoint: "avgPool2dGradient",
  bindings: ["read", "write"],
  constants,
});

/** Average pooling and its gradient. */
export function avgPool2dKernels(
  run: Run,
): Pick<Kernels, "avgPool2dForward" | "avgPool2dGradient"> {
  return {
    avgPool2dForward(x, output, shape) {
      run(forward, { ...shape, ...elements(output) }, [x, output]);
    },
    avgPool2dGradient(gradOutput, gradX, shape) {
      run(gradient, { ...shape, ...elements(gradX) }, [gradOutput, gradX]);
    },
  };
}

function constants(shape: AvgPool2dShape): Record<string, number> {
  return {
    inHeight: shape.inHeight,
    inWidth: shape.inWidth,
    outHeight: shape.outHeight,
    outWidth: shape.outWidth,
    kernelHeight: shape.kernelHeight,
    kernelWidth: shape.kernelWidth,
    strideHeight: shape.strideHeight,
    strideWidth: shape.strideWidth,
    paddingHeight: shape.paddingHeight,
    paddingWidth: shape.paddingWidth,
    countIncludePad: Number(shape.countIncludePad),
  };
}
