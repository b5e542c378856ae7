import type { Pool2dShape } from "../../kernels/lib/pool2d.ts";

/**
 * Visits every window of a pooling, in the order of the output's elements:
 * the output's index and the indices in `x` of the window's elements in scan
 * order, those in the padding left out.
 */
export function forEachWindow(
  shape: Pool2dShape,
  visit: (outputIndex: number, xIndices: number[]) => void,
): void {
  const { inHeight, inWidth } = shape;
  let outputIndex = 0;
  for (let plane = 0; plane < shape.batch * shape.channels; plane++) {
    for (let outRow = 0; outRow < shape.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < shape.outWidth; outColumn++) {
        const xIndices: number[] = [];
        for (let i = 0; i < shape.kernelHeight; i++) {
          for (let j = 0; j < shape.kernelWidth; j++) {
            const row = outRow * shape.strideHeight - shape.paddingHeight +
              i * shape.dilationHeight;
            const column = outColumn * shape.strideWidth - shape.paddingWidth +
              j * shape.dilationWidth;
            if (row < 0 || row >= inHeight) continue;
            if (column < 0 || column >= inWidth) continue;
            xIndices.push((plane * inHeight + row) * inWidth + column);
          }
        }
        visit(outputIndex++, xIndices);
      }
    }
  }
}
