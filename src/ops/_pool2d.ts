import type { Pool2dShape } from "../../kernels/shapes.ts";
import type { Shape } from "../tensor.ts";
import { checkRank, type Pair, pair, shapeError, text } from "./_check.ts";
import { outputSizes, window2d, type WindowOptions } from "./_window.ts";

/** The shape rule of the poolings; their stride is the kernel's size. */
export function pool2dShape(
  operation: string,
  x: Shape,
  kernelSize: Pair,
  options: WindowOptions,
): Pool2dShape {
  checkRank(operation, "input", x, ["N", "C", "H", "W"]);
  const [batch, channels, inHeight, inWidth] = x;
  const { dilation, padding, stride = kernelSize } = options;
  const sizes = { dilation, padding, stride };
  const window = window2d(operation, kernelSize, sizes);
  checkPadding(operation, kernelSize, window);
  const output = outputSizes(operation, inHeight, inWidth, window);
  return { ...window, ...output, batch, channels, inHeight, inWidth };
}

/** A window that lies wholly in the padding would have no largest element. */
function checkPadding(
  operation: string,
  kernelSize: Pair,
  { paddingHeight, paddingWidth }: {
    paddingHeight: number;
    paddingWidth: number;
  },
): void {
  const [height, width] = pair(kernelSize);
  if (paddingHeight <= height / 2 && paddingWidth <= width / 2) return;
  throw shapeError(
    `${operation}: padding`,
    `at most half of the kernel ${text([height, width])}`,
    text([paddingHeight, paddingWidth]),
    "Use less padding, or a larger kernel.",
  );
}
