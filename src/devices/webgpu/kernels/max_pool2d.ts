import { maxPool2dSource } from "../../../../kernels/max_pool2d.gen.ts";
import type { Pool2dShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

const forward = elementwise<Pool2dShape & Elements>({
  name: "maxPool2dForward",
  source: maxPool2dSource,
  file: "kernels/max_pool2d.wgsl",
  entryPoint: "maxPool2dForward",
  bindings: ["read", "write", "write"],
  constants,
});

const gradient = elementwise<Pool2dShape & Elements>({
  name: "maxPool2dGradient",
  source: maxPool2dSource,
  file: "kernels/max_pool2d.wgsl",
  entryPoint: "maxPool2dGradient",
  bindings: ["read", "read", "write"],
  constants,
});

/** Max pooling and its gradient. */
export function maxPool2dKernels(
  run: Run,
): Pick<Kernels, "maxPool2dForward" | "maxPool2dGradient"> {
  return {
    maxPool2dForward(x, output, indices, shape) {
      run(forward, { ...shape, ...elements(output) }, [x, output, indices]);
    },
    maxPool2dGradient(gradOutput, indices, gradX, shape) {
      const operands = [gradOutput, indices, gradX];
      run(gradient, { ...shape, ...elements(gradX) }, operands);
    },
  };
}

function constants(shape: Pool2dShape): Record<string, number> {
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
    dilationHeight: shape.dilationHeight,
    dilationWidth: shape.dilationWidth,
  };
}
